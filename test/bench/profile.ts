// What the dispatches of Sluice's training steps take, kernel by kernel, as the GPU itself tells.
import { adam, Network, Trainer, type Gpu, type StrategyName, type Profile } from 'sluice'
import { isSluice, type Options } from './options'
import { adamRate, clipNorm } from './peer'
import { weightsOf } from './peers/sluice'
import { data, specOf, titleOf, worksOf } from '../../src/measure/works'

/** Dispatches that are shown by themselves. */
const most = 12

export async function profile(gpu: Gpu, { works, peers, runs }: Pick<Options, 'works' | 'peers' | 'runs'>, say: (line: string) => void): Promise<void> {
  for (const work of worksOf('train', works))
    for (const name of peers.filter(isSluice)) {
      const strategy = /^sluice-(?!recompute)(.+?)(-recompute)?$/.exec(name)?.[1] as StrategyName | undefined
      const { inputs: ids, targets } = data(work)
      const network = await Network.create({ device: gpu, ...specOf(work) })
      network.writeParameters(await weightsOf(work))
      const trainer = await Trainer.create(network, {
        steps: work.T,
        batch: work.B,
        optimizer: adam({ rate: adamRate }),
        clipNorm,
        recompute: name.endsWith('recompute'),
        ...(strategy && { strategy }),
      })
      await trainer.step({ ids, targets })
      const profiles: Profile[] = []
      for (let run = 0; run < runs; run++) profiles.push(await trainer.profile({ ids, targets }))
      profiles.sort((a, b) => a.ms - b.ms)
      say(table(`${titleOf(work)}, ${trainer.plan.tuning.strategy.name}`, profiles[Math.floor(runs / 2)]!))
      trainer.destroy()
      network.destroy()
    }
}

/** A profile in words: by kernel, and the longest dispatches. */
export function table(title: string, { ms, kernels, dispatches }: Profile): string {
  const number = (ms: number) => ms.toFixed(3).padStart(9)
  const longest = [...dispatches].sort((a, b) => b.ms - a.ms).slice(0, most)
  return [
    `${title}: ${ms.toFixed(3)} ms in ${dispatches.length} dispatches`,
    ...kernels.map(({ kernel, dispatches, ms }) => `${number(ms)} ms  ${kernel} × ${dispatches}`),
    'The longest dispatches:',
    ...longest.map(({ label, kernel, workgroups, ms }) => `${number(ms)} ms  ${label} (${kernel}, ${workgroups.join('×')} workgroups)`),
  ].join('\n')
}
