// Of which steps the gates are in memory at a time: of all, or, where they are made again on the way back (`recompute`) or
// there is no way back, of one segment after the other. All else works on a segment, and one segment of all steps is a layer
// that keeps everything.
import { show, SluiceError } from '../errors'
import type { Plan } from '../gpu/plan'
import type { LayerContext } from './context'

/** Steps, counted in the direction of reading: from `first` to the one before `end`. */
export interface Steps {
  readonly first: number
  readonly end: number
}

export const countOf = ({ first, end }: Steps): number => end - first

/** S, of how many steps the gates are kept. About √T where the choice is left open: the states of all steps, which stay, take
 * more than the gates of so few, and the products over the steps of a segment still have rows enough.
 * @throws SluiceError `bad-value` for what `recompute` cannot be. */
export function segmentLength(T: number, recompute: boolean | number = false): number {
  if (recompute === false) return T
  if (recompute === true) return Math.ceil(Math.sqrt(T))
  if (!Number.isSafeInteger(recompute) || recompute < 1)
    throw new SluiceError(
      'bad-value',
      `recompute is ${show(recompute)}, expected true, false or a whole number of at least 1: of how many steps the gates are kept at a time`,
    )
  return Math.min(T, recompute)
}

/** From so many rows on a product is no faster for more of them, on a GPU of any size. */
const enoughRows = 4096

/** S of a run that does not go back, whose gates nobody reads again. */
export const forwardLength = (T: number, B: number): number => Math.min(T, Math.ceil(enoughRows / B))

/** A part of the steps of one segment; in most cases all of them. */
export interface Part extends Steps {
  readonly segment: Steps
}

/** Does `work` for the steps asked for, cut where a segment ends: in order, or from the last. Those between the first and the last
 * are whole segments, and so alike. */
export function eachPart(plan: Plan, { T, S }: Pick<LayerContext, 'T' | 'S'>, { first, end }: Steps, work: (part: Part) => void, backward = false): void {
  const begins = Math.floor(first / S)
  const count = Math.ceil(end / S) - begins
  const make = (i: number): void => {
    const begin = (begins + (backward ? count - 1 - i : i)) * S
    const segment = { first: begin, end: Math.min(T, begin + S) }
    work({ first: Math.max(first, begin), end: Math.min(end, segment.end), segment })
  }
  if (count > 0) make(0)
  plan.repeat(count - 2, (i) => make(i + 1))
  if (count > 1) make(count - 1)
}

/** Columns of the gates [S, B, D·G·H] that belong to the same times. */
interface Columns {
  /** The first one and how many, in vec4f. */
  readonly at: number
  readonly width4: number
  /** The time of the first row, and its place of S. */
  readonly time: number
  readonly place: number
}

/** The columns of the gates for a part: all together, but for two directions that are not at the same times. */
export function columnsOf({ T, D, G, H4 }: LayerContext, { first, end, segment }: Part): Columns[] {
  const forwards = { at: 0, width4: G * H4, time: first, place: first - segment.first }
  if (D === 1) return [forwards]
  if (first === 0 && end === T) return [{ ...forwards, width4: 2 * G * H4 }]
  return [forwards, { at: G * H4, width4: G * H4, time: T - end, place: segment.end - end }]
}
