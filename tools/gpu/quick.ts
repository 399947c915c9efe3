// The check before a training, many times over: how often it raises an alarm, how long it takes, and what the first step of a training
// takes beside it.
import { adam, cellNames, Network, strategyNames, Trainer, type StrategyName } from 'sluice'
import { print } from '../../demo/lessons/print'
import { quickCheck } from '../../src/agreement/quick'
import { loadKernels } from '../../src/strategies'
import { openAndTell } from '../../cli/tasks/gpu.mjs'
import { host } from './host'

export interface QuickParameters {
  /** `gpu`: as if it were hardware. */
  readonly as?: string
  /** How many checks, over all cells and strategies. Default 1000. */
  readonly runs?: string
  readonly strategies?: string
}

export interface QuickResult {
  readonly adapter: string
  readonly runs: number
  readonly alarms: readonly string[]
  /** Milliseconds: of the first check of a cell under a strategy, which compiles; of one after it; of the first step of a training, without
   * the check. Medians. */
  readonly first: number
  readonly next: number
  readonly training: number
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN

export default async function quick({ runs = '1000', strategies = 'fused-1,per-step-8', as }: QuickParameters): Promise<QuickResult> {
  const gpu = await openAndTell(host, as)
  Object.defineProperty(gpu, 'checks', { value: false })
  const named = strategies.split(',').filter((name): name is StrategyName => (strategyNames as readonly string[]).includes(name))
  const all = named.flatMap((strategy) => cellNames.map((cell) => ({ strategy, cell })))
  const [alarms, first, next, training]: [string[], number[], number[], number[]] = [[], [], [], []]
  for (let run = 0; run < Number(runs); run++) {
    const { strategy, cell } = all[run % all.length]!
    const spec = { input: { ids: 64 }, layers: [{ cell, hidden: 256 }], head: { classes: 64 } }
    await loadKernels(strategy)
    const begin = performance.now()
    const wrong = await quickCheck(gpu, spec, strategy, 'adam')
    ;(run < all.length ? first : next).push(performance.now() - begin)
    if (wrong) alarms.push(`${cell} under ${strategy}: ${wrong}`)
    if (run >= all.length) continue
    const started = performance.now()
    const network = await Network.create({ device: gpu, ...spec })
    const trainer = await Trainer.create(network, { steps: 32, batch: 32, optimizer: adam(), strategy })
    const ids = Uint32Array.from({ length: 32 * 32 }, (_, i) => (i * 7) % 64)
    await trainer.step({ ids, targets: ids })
    training.push(performance.now() - started)
    trainer.destroy()
    network.destroy()
    await print(`${cell} under ${strategy}: check ${first.at(-1)!.toFixed(0)} ms, first step ${training.at(-1)!.toFixed(0)} ms`)
  }
  const result = { adapter: gpu.adapterName, runs: Number(runs), alarms, first: median(first), next: median(next), training: median(training) }
  await print(JSON.stringify(result))
  gpu.destroy()
  return result
}
