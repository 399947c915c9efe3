// What a run is given, what it tells of its state, and what is kept of it.
import type { Failure } from './protocol'
import type { Source } from './texts'

/** What to learn from, and how. */
export interface RunConfig<Settings = object> {
  readonly text: string
  readonly textName: string
  /** null where no text is read. */
  readonly source: Source | null
  /** What samples begin with; empty where there are none. */
  readonly prefix: string
  readonly settings: Settings
}

/** What a run tells of its state. */
export type StateChange =
  | { readonly kind: 'rested'; readonly finished: boolean }
  | { readonly kind: 'resumed' }
  /** It cannot train, but lives on: an imported model that does not know the text. */
  | { readonly kind: 'refused'; readonly failure: Failure }

export const isStateChange = (event: { readonly kind: string }): event is StateChange => ['rested', 'resumed', 'refused'].includes(event.kind)

/** A run that goes on where it was kept: it begins with this. */
export interface Recalled<Data> {
  readonly kind: 'recalled'
  readonly config: RunConfig
  readonly shown: Data
}

export const isRecalled = <Data>(event: { readonly kind: string }): event is Recalled<Data> => event.kind === 'recalled'

/** The GPU was lost, and the run goes on by itself from this step. */
export interface Recovered {
  readonly kind: 'recovered'
  readonly step: number
}

export const isRecovered = (event: { readonly kind: string }): event is Recovered => event.kind === 'recovered'

/** What the page needs to know of a kept run before it goes on with it. */
export interface KeptRun<Settings = object> {
  readonly config: Omit<RunConfig<Settings>, 'text'>
  readonly step: number
  readonly state: 'running' | 'paused' | 'finished'
}

/** Of a run as the page shows it: none yet, or in this state. */
export type Status = 'idle' | 'starting' | 'failed' | KeptRun['state']

/** The keys of the runs that are under way: one of each kind. `current` is that of the view Train. */
export type RunKey = 'current' | 'race' | 'gradients' | 'blank'
