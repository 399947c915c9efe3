// What every measured engine offers: to start a task from given weights, and to do it again and again.
import type { Kind, Work } from './works'

/** A task that a peer is measured at. */
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

/** A task that is ready to be run again and again. */
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

/** Another library that is measured beside this one. */
export interface Peer {
  /** With the version: 'TensorFlow.js 4.22.0'. */
  readonly title: string
  /** Makes the peer's device. Called once, before the first task. */
  open(): Promise<void>
  /** @throws NotOffered for what the peer cannot do. */
  start(task: Task): Promise<Job>
}

export class NotOffered extends Error {}

export const adamRate = 1e-3
export const clipNorm = 5
