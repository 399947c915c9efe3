// The two readers: what they are set to, what they tell, and what they have shown. The page shows that, and the worker keeps the same with the networks.
import type { CellName, Guess } from 'sluice'
import type { Size } from '../race/sizes'

/** The two readers. */
export type Side = 'both' | 'before'
/** In the order in which they are shown everywhere. */
export const sides: readonly Side[] = ['both', 'before']
export type Of<Value> = Readonly<Record<Side, Value>>

export interface BlankSettings {
  readonly cell: CellName
  /** Hidden units of each direction of the one that reads from both sides; the other has as many as make it as large. */
  readonly hidden: number
  readonly seed: number
  readonly iterations: number
}

export type BlankEvent =
  | { readonly kind: 'started'; readonly sizes: Of<Size> }
  | { readonly kind: 'progress'; readonly step: number }
  /** The fraction of hidden characters that each guesses right in the text held out; null where none is held out. */
  | { readonly kind: 'evaluation'; readonly step: number; readonly accuracy: Of<number> | null }

export interface BlankGuess {
  readonly position: number
  /** The likeliest, the likeliest first. */
  readonly guesses: readonly Guess[]
  /** The probability that the character which is hidden there was given. */
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
  return { ...now, evaluations: [...now.evaluations.filter((look) => look.step !== step), { step, accuracy }] }
}
