// The runs that the page can have, one of each kind, and what is kept of them.
import type { KeptRun, RunKey } from '../shared/run-config'
import type { Sampling } from '../shared/train/settings'
import { blank } from './blank'
import { gradients } from './gradients/gradients'
import { Keeper, keepsRuns, type Kept } from './keeper'
import { race } from './race'
import { forgetRun, recallRun } from './storage'
import { train } from './train'

const runs = { current: train, race, gradients, blank } as const satisfies Record<RunKey, object>

export const runHandlers = {
  train: train.follow,
  race: race.follow,
  gradients: gradients.follow,
  learnBlanks: blank.follow,

  /** Lets a run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  async allow({ key, steps }: { key: RunKey; steps: number }): Promise<void> {
    runs[key].allow(steps)
  },

  /** How a run writes from the next look on. */
  async setSampling({ key, sampling }: { key: 'current' | 'race'; sampling: Sampling }): Promise<void> {
    runs[key].change({ sampling })
  },

  /** Keeps the training now, because the page may be about to go. */
  keepNow: (): Promise<void> => train.keep(),

  /** The run of this kind that was kept when the page was left; null if there is none, or another tab has it. */
  async keptRun({ key }: { key: RunKey }): Promise<KeptRun | null> {
    const kept = (await keepsRuns()) ? await recallRun(key) : null
    return kept && { config: kept.run.config, step: kept.run.step, state: kept.run.state }
  },

  /** Whether this tab keeps its runs, or another one does. */
  keepsRuns: (): Promise<boolean> => keepsRuns(),

  /** Forgets the kept run, and that of a run that is ending, which may be about to be kept once more. */
  async forgetRun({ key }: { key: RunKey }): Promise<void> {
    await Keeper.stop(key)
    if (await keepsRuns()) await forgetRun(key)
  },

  /** Tells whenever a run was kept, or could not be. */
  watchKeeping(_: void, signal: AbortSignal): AsyncGenerator<Kept> {
    return Keeper.news.listen(signal)
  },
}
