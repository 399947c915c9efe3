// The states and gates of a network, as the X-ray shows them.
import type { CellName, Guess } from 'sluice'
import type { PathBack, StepGradient } from './step-gradient'

/** Kinds of places in a text. `inQuotes` is a stretch, the others are single characters. */
export const places = ['lineEnd', 'space', 'sentenceEnd', 'quote', 'inQuotes'] as const
export type Place = (typeof places)[number]

/** The measure of a response: how much a unit changes at a character, in either direction, or its value after it. */
export const measureOf = (place: Place): 'change' | 'value' => (place === 'inQuotes' ? 'value' : 'change')

export interface LayerInspection {
  readonly hidden: number
  /** States and gates by name, each [T, H]. */
  readonly trace: Readonly<Record<string, Float32Array>>
  /** By state or gate, how each unit responds to a kind of place, measured over the whole text: [H]. */
  readonly responses: Readonly<Record<string, Readonly<Record<Place, Float32Array>>>>
  /** What its gates do with the past, over the whole text; null for a cell without gates. */
  readonly memory: Memory | null
}

export interface Memory {
  /** Characters until half of a unit's memory is replaced, by its update or forget gate alone: [H]. */
  readonly halfLives: Float32Array
  /** The mean of a GRU's reset gate: [H]. */
  readonly reset: Float32Array | null
}

export interface Inspection {
  readonly characters: readonly string[]
  readonly cell: CellName
  readonly layers: readonly LayerInspection[]
  /** The most likely next characters after each character, the most likely first. */
  readonly expected: readonly (readonly Guess[])[]
  /** Characters of the text that the responses were measured over. */
  readonly measured: number
}

/** How an expectation changes when an earlier character is replaced. */
export interface Occlusion {
  /** Position of the last character that was read. */
  readonly at: number
  /** The character that is expected most after it, and its probability. */
  readonly character: string
  readonly probability: number
  /** Position of the first character that was replaced. */
  readonly from: number
  /** The probability without each character from `from` to `at`: with others in its place, on average. */
  readonly without: readonly number[]
}

/** The gradient at one step of a layer, and what of it reaches the states before. L is the sum of the losses of the characters after the first. */
export interface StepBack {
  readonly at: number
  /** From 0. */
  readonly layer: number
  /** dL/dh and dL/dc after the step. */
  readonly after: StepGradient
  readonly paths: readonly PathBack[]
}
