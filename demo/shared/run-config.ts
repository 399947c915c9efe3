// The config of a run, the changes of its state, and the summary of a saved run.
import type { Failure } from './protocol'
import type { Source } from './texts'

/** The text to train on, and the settings. */
export interface RunConfig<Settings = object> {
  readonly text: string
  readonly textName: string
  /** null if the run needs no text. */
  readonly source: Source | null
  /** The opening of the samples; empty if there are none. */
  readonly prefix: string
  readonly settings: Settings
}

/** A change of the state of a run. */
export type StateChange =
  | { readonly kind: 'rested'; readonly finished: boolean }
  | { readonly kind: 'resumed' }
  /** It cannot train but can sample: an imported model that does not know the text. */
  | { readonly kind: 'refused'; readonly failure: Failure }

export const isStateChange = (event: { readonly kind: string }): event is StateChange => ['rested', 'resumed', 'refused'].includes(event.kind)

/** The first event of a run that was saved. */
export interface Restored<Data> {
  readonly kind: 'restored'
  readonly config: RunConfig
  readonly shown: Data
}

export const isRestored = <Data>(event: { readonly kind: string }): event is Restored<Data> => event.kind === 'restored'

/** The GPU was lost, and the run resumes by itself from this step. */
export interface Recovered {
  readonly kind: 'recovered'
  readonly step: number
}

export const isRecovered = (event: { readonly kind: string }): event is Recovered => event.kind === 'recovered'

/** A saved run, without its text and networks. */
export interface RunSummary<Settings = object> {
  readonly config: Omit<RunConfig<Settings>, 'text'>
  readonly step: number
  readonly state: 'running' | 'paused' | 'finished'
}

/** The state of a run as the page shows it. */
export type Status = 'idle' | 'starting' | 'failed' | RunSummary['state']

/** The keys of the runs, one of each kind. `current` is the run of the view Train. */
export type RunKey = 'current' | 'race' | 'gradients' | 'gates' | 'blank'
