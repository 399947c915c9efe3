// What a run is asked for, and what is kept of it.
import type { Source } from '../session/text'

/** What to learn from, and how. */
export interface Order<Settings = object> {
  readonly text: string
  readonly textName: string
  /** null where no text is read. */
  readonly source: Source | null
  /** What samples begin with; empty where there are none. */
  readonly prefix: string
  readonly settings: Settings
}

/** What the page needs to know of a kept run before it goes on with it. */
export interface KeptRun<Settings = object> {
  readonly order: Omit<Order<Settings>, 'text'>
  readonly step: number
  readonly state: 'running' | 'paused' | 'finished'
}

/** The keys of the runs that are under way: one of each kind. */
export type RunKey = 'current' | 'race' | 'gradients' | 'blank'
