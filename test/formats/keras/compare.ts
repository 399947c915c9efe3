// What the tests of both formats share.
import { expect } from 'vitest'

/** The greatest difference, relative to numbers above 1. */
export function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!))))
}

/** Copies of a file with one to three bytes that are others. */
export function* damaged(bytes: Uint8Array, count: number): Generator<Uint8Array<ArrayBuffer>> {
  let seed = 1
  for (let i = 0; i < count; i++) {
    const copy = new Uint8Array(bytes)
    for (let n = 0; n < 1 + (i % 3); n++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      copy[seed % copy.length] = seed >>> 24
    }
    yield copy
  }
}
