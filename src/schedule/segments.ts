// Segments: the gates of S steps are in memory at a time. S is all steps, or fewer where backward computes the gates again
// (`recompute`) and where there is no backward. A schedule works on segment after segment; mostly there is one, of all steps.
import { show, SluiceError } from '../errors'
import type { Plan } from '../gpu/plan'
import type { LayerContext } from './context'

/** Steps, counted in the direction of reading: from `first` to the one before `end`. */
export interface Steps {
  readonly first: number
  readonly end: number
}

export const countOf = ({ first, end }: Steps): number => end - first

/** S, the steps whose gates stay in memory. `true` is about √T: the states of all steps, which stay, take more than the gates of
 * so few, and the products over a segment still have rows enough.
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

/** A product of so many rows keeps a GPU of any size busy. */
const enoughRows = 4096

/** S of a run without backward. */
export const forwardLength = (T: number, B: number): number => Math.min(T, Math.ceil(enoughRows / B))

/** Steps within one segment; mostly all of it. */
export interface SegmentSteps extends Steps {
  readonly segment: Steps
}

/** Calls `work` for the steps, segment by segment: in order, or from the last. All but the first and the last call have a whole
 * segment, so they dispatch alike. */
export function eachSegment(
  plan: Plan,
  { T, S }: Pick<LayerContext, 'T' | 'S'>,
  { first, end }: Steps,
  work: (steps: SegmentSteps) => void,
  backward = false,
): void {
  const firstSegment = Math.floor(first / S)
  const count = Math.ceil(end / S) - firstSegment
  const visit = (i: number): void => {
    const begin = (firstSegment + (backward ? count - 1 - i : i)) * S
    const segment = { first: begin, end: Math.min(T, begin + S) }
    work({ first: Math.max(first, begin), end: Math.min(end, segment.end), segment })
  }
  if (count > 0) visit(0)
  plan.repeat(count - 2, (i) => visit(i + 1))
  if (count > 1) visit(count - 1)
}

/** Columns of the gates [S, B, D·G·H] whose rows are the same times. */
interface Columns {
  /** Offset and number of columns, in vec4f. */
  readonly offset4: number
  readonly width4: number
  /** Time of the first row, and its slot among the S. */
  readonly time: number
  readonly slot: number
}

/** The columns of the gates for these steps: all together, unless two directions are at different times, or each reads an input of its own
 * (dropped). */
export function columnsOf({ T, D, G, H4, backwards, drops }: LayerContext, { first, end, segment }: SegmentSteps): Columns[] {
  const ahead: Columns = { offset4: 0, width4: G * H4, time: first, slot: first - segment.first }
  const back: Columns = { offset4: 0, width4: G * H4, time: T - end, slot: segment.end - end }
  if (D === 1) return [backwards ? back : ahead]
  if (first === 0 && end === T && !drops?.input) return [{ ...ahead, width4: 2 * G * H4 }]
  return [ahead, { ...back, offset4: G * H4 }]
}
