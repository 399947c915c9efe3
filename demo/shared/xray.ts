// What is seen inside a network.
import type { CellName, Guess } from 'sluice'

/** Kinds of places in a text. `inQuotes` is a stretch, the others are single characters. */
export const places = ['lineEnd', 'space', 'sentenceEnd', 'quote', 'inQuotes'] as const
export type Place = (typeof places)[number]

/** What is compared: how much a unit moves at a character, whichever way, or the value it has after it. */
export const measureOf = (place: Place): 'change' | 'value' => (place === 'inQuotes' ? 'value' : 'change')

export interface LayerInspection {
  readonly hidden: number
  /** States and gates by name, each [T, H]. */
  readonly trace: Readonly<Record<string, Float32Array>>
  /** How each unit of them answers to a kind of place, over the whole text and not only the passage: [H]. */
  readonly responses: Readonly<Record<string, Readonly<Record<Place, Float32Array>>>>
  /** How its gates treat the past, over the whole text likewise; null for one without gates. */
  readonly memory: Memory | null
}

export interface Memory {
  /** Characters until half of what a unit holds is replaced, by its update or forget gate alone: [H]. */
  readonly halfLives: Float32Array
  /** The mean of a GRU's reset gate: [H]. */
  readonly reset: Float32Array | null
}

export interface Inspection {
  readonly characters: readonly string[]
  readonly cell: CellName
  readonly layers: readonly LayerInspection[]
  /** What the network expects after each character, the likeliest first. */
  readonly expected: readonly (readonly Guess[])[]
  /** Characters of the text that the answers were measured over. */
  readonly measured: number
}
