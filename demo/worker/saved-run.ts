// A saved run, as the browser stores it.
import type { CurveData } from '../shared/curve'
import type { RunSummary, RunConfig } from '../shared/run-config'
import type { LearningData, Evaluation } from '../shared/train/record'
import { trainDefaults, type Settings } from '../shared/train/settings'

/** Files of Sluice, one for each network; null for a network that is out. */
export type Files = readonly (Uint8Array<ArrayBuffer> | null)[]

/** A run with all it needs to resume, except its text. */
export interface SavedRun<Settings = object, Data = unknown> extends RunSummary<Settings> {
  /** Its networks and the state of their training. */
  readonly files: Files
  /** What the view shows of it. */
  readonly shown: Data
  /** Training steps after which it is finished. */
  readonly limit: number
}

/** Earlier versions called a config an order, */
interface Earlier extends Omit<RunSummary, 'config'> {
  readonly order: Omit<RunConfig, 'text'>
}
/** and saved a training in another form. */
interface EarlierTraining extends Earlier {
  readonly file: Uint8Array<ArrayBuffer>
  readonly limits: { readonly steps: number; readonly epochs: number }
  readonly history: { readonly curve: CurveData; readonly samples: readonly Evaluation[] }
}

/** A run that this version or an earlier one saved, in the form of this version. */
export function upgraded(stored: object): SavedRun {
  if (!('order' in stored)) return withSchedule(withEvaluations(stored as SavedRun))
  if (!('file' in stored)) {
    const { order: config, ...run } = stored as unknown as Earlier & Omit<SavedRun, 'config'>
    return withSchedule(withEvaluations({ config, ...run }))
  }
  const { order, step, state, file, limits, history } = stored as unknown as EarlierTraining
  const shown: LearningData = { step, epochs: limits.epochs, parameters: null, ...history }
  const settings: Settings = { ...trainDefaults, schedule: 'constant', ...order.settings }
  return { config: { ...order, settings }, step, state, files: [file], limit: limits.steps, shown }
}

/** Earlier versions trained at a constant rate. */
function withSchedule(run: SavedRun): SavedRun {
  const { settings } = run.config
  if (!('optimizer' in settings && 'partition' in settings) || 'schedule' in settings) return run
  return { ...run, config: { ...run.config, settings: { ...settings, schedule: 'constant' } } }
}

/** Earlier versions called evaluations looks. */
function withEvaluations(run: SavedRun): SavedRun {
  const { looks, ...shown } = run.shown as { readonly looks?: unknown }
  return looks === undefined ? run : { ...run, shown: { ...shown, evaluations: looks } }
}
