// The bench in a page, or wherever else there is WebGPU: measures what the options ask for.
import { openDevice } from 'sluice'
import { charged, install } from './counts'
import { growth } from './growth'
import { measure } from '../../src/measure/turns'
import type { Options } from './options'
import type { Peer, PeerModule } from './peer'
import { weightsOf } from './peers/sluice'
import { probeAdapter, type Probed } from '../../src/measure/probe/probe'
import { profile } from './profile'
import type { Results, WorkResult } from './results'
import { data, flops, idOf, titleOf, worksOf } from '../../src/measure/works'

export interface Surroundings {
  readonly modules: Readonly<Record<string, () => Promise<PeerModule>>>
  readonly host: Results['host']
  readonly say: (line: string) => void
  /** Called with all there is, as soon as there is more. */
  readonly save: (results: Results) => void | Promise<void>
}

/** Which module has which peers. */
const moduleOf = (name: string): string => `./peers/${name.split('-')[0]}.ts`

export async function bench(options: Options, { modules, host, say, save }: Surroundings): Promise<Results> {
  install()
  const peers = new Map<string, Peer>()
  for (const name of options.only === 'bench' ? options.peers : (['sluice'] as const)) peers.set(name, (await modules[moduleOf(name)]!()).peers[name]!)
  await peers.get('sluice')!.open()
  const gpu = await openDevice()
  const begin = performance.now()
  let results: Results = {
    schema: 'sluice-bench 1',
    date: new Date().toISOString().slice(0, 10),
    adapter: gpu.adapterName,
    host,
    peers: Object.fromEntries([...peers].map(([name, { title }]) => [name, title])),
    probe: null,
    works: [],
  }
  let probed: Probed | undefined
  if (options.only === 'profile') {
    await profile(gpu, options, say)
    gpu.destroy()
    return results
  }
  if (options.probe) {
    say(`probing ${gpu.adapterName}`)
    probed = await probeAdapter(gpu, { say })
    results = { ...results, probe: probed.probe }
    await save(results)
  }
  if (options.only === 'growth') {
    results = { ...results, growth: await growth(options, say) }
    await save(results)
  }
  for (const kind of options.only === 'bench' ? options.kinds : []) {
    for (const work of worksOf(kind, options.works)) {
      say(`${kind} ${titleOf(work)} (${((performance.now() - begin) / 1000).toFixed(0)} s)`)
      const task = { kind, work, weights: await weightsOf(work), ...data(work) }
      const rows = await measure(task, peers, { ...options, say, rates: probed?.rates, charge: charged })
      const result: WorkResult = { id: idOf(work), kind, work, flops: flops(kind, work), rows }
      results = { ...results, works: [...results.works, result] }
      await save(results)
    }
  }
  gpu.destroy()
  return results
}
