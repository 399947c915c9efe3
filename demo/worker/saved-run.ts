// A run as the browser keeps it.
import type { CurveData } from '../shared/curve'
import type { KeptRun, RunConfig } from '../shared/run-config'
import type { LearningData, Sample } from '../shared/train/record'
import { trainDefaults, type Settings } from '../shared/train/settings'

/** Files of Sluice's, one for each network; null for one that trains no more. */
export type Files = readonly (Uint8Array<ArrayBuffer> | null)[]

/** Where a run stands: all there is to go on with it, but its text. */
export interface SavedRun<Settings = object, Data = unknown> extends KeptRun<Settings> {
  /** Its networks, and where their training stands. */
  readonly files: Files
  /** What it has shown. */
  readonly shown: Data
  /** Steps at which it rests. */
  readonly limit: number
}

/** Earlier, a config was called an order, */
interface Earlier extends Omit<KeptRun, 'config'> {
  readonly order: Omit<RunConfig, 'text'>
}
/** and a training was kept in a form of its own. */
interface EarlierTraining extends Earlier {
  readonly file: Uint8Array<ArrayBuffer>
  readonly limits: { readonly steps: number; readonly epochs: number }
  readonly history: { readonly curve: CurveData; readonly samples: readonly Sample[] }
}

/** What was kept, by this version or an earlier one, as it would be kept now. */
export function upgraded(kept: object): SavedRun {
  if (!('order' in kept)) return kept as SavedRun
  if (!('file' in kept)) {
    const { order: config, ...run } = kept as unknown as Earlier & Omit<SavedRun, 'config'>
    return { config, ...run }
  }
  const { order, step, state, file, limits, history } = kept as unknown as EarlierTraining
  const shown: LearningData = { step, epochs: limits.epochs, parameters: null, ...history }
  const settings: Settings = { ...trainDefaults, ...order.settings }
  return { config: { ...order, settings }, step, state, files: [file], limit: limits.steps, shown }
}
