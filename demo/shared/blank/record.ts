// The two networks of Blanks: their settings, their events, and what the view shows. The page and the worker compute the same from
// the events.
import type { CellName, Guess } from 'sluice'
import type { Size } from '../race/sizes'

/** The two networks: bidirectional, and forward only. */
export type Side = 'both' | 'before'
/** In the order of the view. */
export const sides: readonly Side[] = ['both', 'before']
export type Of<Value> = Readonly<Record<Side, Value>>

export interface BlankSettings {
  readonly cell: CellName
  /** Hidden units of each direction of the bidirectional network. The other one gets as many as make it equally large. */
  readonly hidden: number
  readonly seed: number
  readonly iterations: number
}

export type BlankEvent =
  | { readonly kind: 'started'; readonly sizes: Of<Size> }
  | { readonly kind: 'progress'; readonly step: number }
  /** The accuracy of each on hidden characters of the held-out text; null if no text is held out. */
  /** A recording has the guesses for its passage too. */
  | { readonly kind: 'evaluation'; readonly step: number; readonly accuracy: Of<number> | null; readonly guesses?: Of<readonly BlankGuess[]> | null }

export interface BlankGuess {
  readonly position: number
  /** The most likely characters, the most likely first. */
  readonly guesses: readonly Guess[]
  /** The probability of the hidden character. */
  readonly hiddenProbability: number
}

export interface Learning {
  readonly sizes: Of<Size>
  readonly step: number
  /** The newest last. */
  readonly evaluations: readonly { readonly step: number; readonly accuracy: Of<number> | null }[]
}

export function advance(now: Learning | null, event: BlankEvent): Learning | null {
  if (event.kind === 'started') return { sizes: event.sizes, step: 0, evaluations: [] }
  if (!now) return null
  if (event.kind === 'progress') return { ...now, step: event.step }
  const { step, accuracy } = event
  return { ...now, evaluations: [...now.evaluations.filter((evaluation) => evaluation.step !== step), { step, accuracy }] }
}
