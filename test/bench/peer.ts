// What every measured engine offers: to start a task from given weights, and to do it again and again.
import type { Kind, Work } from './works'

export interface Task {
  readonly kind: Kind
  readonly work: Work
  /** Initial weights by name, in the shapes of Sluice's `parameterShapes`: W [I, D, G, H], U [D, H, G, H], b [D, G, H]. */
  readonly weights: ReadonlyMap<string, Float32Array>
  /** Ids [T, B]. */
  readonly inputs: Uint32Array
  readonly targets: Uint32Array
}

/** What a step gives: the loss of a training step, the logits [T, B, V] of a forward run, the ids written. */
export type Outcome = number | Float32Array | Uint32Array

export interface Job {
  /** Once: a training step on the batch (Adam at rate 0.001; clipping at norm `clipNorm` where the peer has it), a forward
   * run, or T characters written after the id 0, always the likeliest. Upload and readback included. */
  step(): Promise<Outcome>
  /** Whether a step can be asked for while the one before is under way: a training reads a loss while the next step runs. */
  readonly ahead?: boolean
  /** Resolves once nothing of the steps goes on any more, where a loss can be there before the update is. */
  rest?(): Promise<unknown>
  /** How the recurrences of a training are dispatched, where the peer has a name for it. */
  readonly strategy?: string
  destroy(): void | Promise<void>
}

export interface Peer {
  /** With the version: 'TensorFlow.js 4.22.0'. */
  readonly title: string
  /** Makes the peer's device. Called once, before the first task. */
  open(): Promise<void>
  /** @throws NotOffered for what the peer cannot do. */
  start(task: Task): Promise<Job>
}

/** A module of peers/ exports its peers by name. */
export interface PeerModule {
  readonly peers: Readonly<Record<string, Peer>>
}

export class NotOffered extends Error {}

export const adamRate = 1e-3
export const clipNorm = 5

/** Where gate `gate` of direction `d`, unit `h` stands: values [..., D, G, H] as a function of what is before. */
export function takeGates(
  values: Float32Array,
  { rows, D, G, H }: { rows: number; D: number; G: number; H: number },
  d: number,
  order: readonly number[],
): Float32Array {
  const taken = new Float32Array(rows * G * H) // [rows, G, H], gates in the peer's order
  for (let row = 0; row < rows; row++)
    order.forEach((gate, g) => taken.set(values.subarray(((row * D + d) * G + gate) * H, ((row * D + d) * G + gate + 1) * H), (row * G + g) * H))
  return taken
}

/** Ids → one-hot vectors in the same order, as floats. */
export function oneHot(ids: ArrayLike<number>, V: number): Float32Array {
  const vectors = new Float32Array(ids.length * V)
  for (let i = 0; i < ids.length; i++) vectors[i * V + ids[i]!] = 1
  return vectors
}

/** Rows of time-major data [T, B, width] in batch-major order, or with T and B exchanged the way back. */
export function exchange<Values extends Float32Array | Uint32Array>(values: Values, T: number, B: number): Values {
  const width = values.length / (T * B)
  const out = values.slice() as Values
  for (let t = 0; t < T; t++) for (let b = 0; b < B; b++) out.set(values.subarray((t * B + b) * width, (t * B + b + 1) * width), (b * T + t) * width)
  return out
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}
