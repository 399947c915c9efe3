// What runs a stream: Sluice, and what it is measured beside. Each hears the same frames, and keeps the states from one to the next.
import type { Network } from 'sluice'

/** So many frames of so many streams at once. */
export interface Shape {
  /** T, frames of a stream in one batch. */
  readonly steps: number
  /** B, streams: rows of the batch. */
  readonly streams: number
}

export interface Stream {
  /** Hears batches of features [T, B, I] one after the other, and gives the logits [T, B, N] of each. All of them are there before the first
   * answer is. */
  hear(batches: readonly Float32Array[]): Promise<Float32Array[]>
  end(): Promise<void>
}

export interface Engine {
  readonly title: string
  /** A stream of this network that begins at zero. */
  open(network: Network, shape: Shape): Promise<Stream>
}
