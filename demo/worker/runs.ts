// The runs that the page can have, one of each kind, and their saved state.
import type { RunSummary, RunKey } from '../shared/run-config'
import type { Sampling } from '../shared/train/settings'
import { blank } from './blank'
import { gates } from './gates'
import { gradients } from './gradients/gradients'
import { Autosave, savesRuns, type SaveReport } from './autosave'
import { race } from './race'
import { deleteRun, loadRun } from './storage'
import { train } from './train'

const runs = { current: train, race, gradients, gates, blank } as const satisfies Record<RunKey, object>

export const runHandlers = {
  train: train.follow,
  race: race.follow,
  gradients: gradients.follow,
  gates: gates.follow,
  learnBlanks: blank.follow,

  /** Sets how many steps a run may take from now on: 0 pauses it, Infinity resumes it. */
  async allow({ key, steps }: { key: RunKey; steps: number }): Promise<void> {
    runs[key].allow(steps)
  },

  /** Sets how a run samples from the next evaluation on. */
  async setSampling({ key, sampling }: { key: 'current' | 'race'; sampling: Sampling }): Promise<void> {
    runs[key].change({ sampling })
  },

  /** Saves the training now, because the page may be about to close. */
  saveNow: (): Promise<void> => train.saveNow(),

  /** The saved run of this kind; null if there is none, or another tab has it. */
  async findSavedRun({ key }: { key: RunKey }): Promise<RunSummary | null> {
    const saved = (await savesRuns()) ? await loadRun(key) : null
    return saved && { config: saved.run.config, step: saved.run.step, state: saved.run.state }
  },

  /** Whether this tab saves its runs. */
  savesRuns: (): Promise<boolean> => savesRuns(),

  /** Deletes the saved run, and first stops the autosave of a run that is ending. */
  async deleteRun({ key }: { key: RunKey }): Promise<void> {
    await Autosave.stop(key)
    if (await savesRuns()) await deleteRun(key)
  },

  /** Yields a report of every save. */
  watchSaving(_: void, signal: AbortSignal): AsyncGenerator<SaveReport> {
    return Autosave.reports.listen(signal)
  },
}
