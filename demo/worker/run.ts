// The run of the page, the only one: started or gone on with, and commanded.
import type { TextModel } from 'sluice'
import { pack, type Draws } from '../shared/train/draws'
import type { Sampling } from '../shared/train/settings'
import { Keeper, keepsRuns, type Kept } from './keeper'
import { oneAtATime } from './one-at-a-time'
import { checkSampling } from '../shared/train/options'
import { recovering } from './recovering'
import type { KeptRun, Recovered, RunKey } from '../shared/run-config'
import { forgetRun, recallRun, type SavedRun } from './storage'
import type { TrainConfig, TrainEvent } from '../shared/train/history'
import { alternatives, Run } from './training'

let run: Run | null = null
let keeper: Keeper<SavedRun> | null = null

/** The run that is in training or paused; null when there is none. */
export const currentRun = (): Run | null => run

/** Its network. */
export const currentModel = (): TextModel | null => run?.model ?? null

export const runHandlers = {
  /** Trains, and tells of it until the page stops listening, which ends the run and frees the model.
   * `from`: the key of a kept run to go on with; `order` then is for what was kept without a text. */
  train: oneAtATime(async function* ({ order, from, sampling }: { order: TrainConfig; from: string | null; sampling: Sampling }, signal: AbortSignal): AsyncGenerator<TrainEvent | Recovered> {
    try {
      const kept = from === null ? null : await recallRun(from)
      const what = kept === null ? order : { ...order, ...kept.run.order, text: kept.text || order.text, ...(!kept.text && { textName: order.textName, source: order.source, prefix: order.prefix }) }
      const live = (saved: SavedRun | null) => {
        run = new Run(what, saved, run?.sampling ?? sampling, signal, (rests) => void keeper?.tick(rests))
        keeper = new Keeper('current', run)
        return run.live()
      }
      // It was left as it is now, and not as it was when it was kept.
      const stood = () => keeper?.latest && { ...keeper.latest, state: run!.state }
      yield* recovering<SavedRun, TrainEvent>(kept?.run ?? null, { live, stood: () => stood() ?? null, signal })
    } finally {
      run = keeper = null
    }
  }),

  /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  async allow({ steps }: { steps: number }): Promise<void> {
    run?.allowance.allow(steps)
  },

  async setSampling(sampling: Sampling): Promise<void> {
    run?.setSampling(sampling)
  },

  /** Writes from a beginning of the person's own, beside the training. */
  async *write({ prefix, seed, sampling }: { prefix: string; seed: number; sampling: Sampling }, signal: AbortSignal): AsyncGenerator<Draws> {
    const model = currentModel()
    if (!model) return
    checkSampling(sampling)
    for await (const draws of model.draw(prefix, { ...sampling, seed, alternatives })) {
      if (signal.aborted) return
      yield pack(draws)
    }
  },

  /** Keeps the run now, because the page may be about to go. */
  async keepRun(): Promise<void> {
    await keeper?.keep()
  },

  /** The run of this kind that was kept when the page was left; null if there is none, or another tab has it. */
  async keptRun({ key }: { key: RunKey }): Promise<KeptRun | null> {
    const kept = (await keepsRuns()) ? await recallRun<KeptRun>(key) : null
    return kept && { order: kept.run.order, step: kept.run.step, state: kept.run.state }
  },

  /** Whether this tab keeps its run, or another one does. */
  keepsRuns: (): Promise<boolean> => keepsRuns(),

  /** Forgets the kept run, and that of a run that is ending, which may be about to be kept once more. */
  async forgetRun({ key }: { key: RunKey }): Promise<void> {
    await Keeper.stop(key)
    if (await keepsRuns()) await forgetRun(key)
  },

  /** Tells whenever the run was kept, or could not be. */
  watchKeeping(_: void, signal: AbortSignal): AsyncGenerator<Kept> {
    return Keeper.news.listen(signal)
  },
}
