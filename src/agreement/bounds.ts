// How far float32 may be off from the float64 reference: the bounds of the tests and of `verifyGpu`, each a formula.
import { cells } from '../cells'
import { headSize, inputSize, isDense, type NetworkSpec } from '../spec'

/** Rounding of f32: half the distance from 1 to the next number. */
export const epsilon = 2 ** -24

/** Of a network over T steps of B rows, relative to the largest element of the tensor. A sum of K terms is off by at most K roundings
 * of the sum of their magnitudes, and what a step gets wrong the steps after it pass on, by no more than their Jacobian
 * (of order 1 for weights such as the tests draw). Roundings are of either sign, so a sum is off by far less than K of them; the
 * factor 2 and the 8 leave that to the activations, whose exp alone WGSL allows 3 + 2|x|. */
export function networkBound({ spec, steps, batch }: { readonly spec: NetworkSpec; readonly steps: number; readonly batch: number }): number {
  const longest = Math.max(
    ...spec.layers.map((layer, l) => Math.max(inputSize(spec, l), isDense(layer) ? layer.dense : cells[layer.cell].gates.length * layer.hidden)),
    steps * batch,
    headSize(spec),
  )
  return 2 * epsilon * (longest + 4 * steps * spec.layers.length + 8)
}

/** A sum of K products in any order is off by at most K roundings of Σ|a b| ≤ K, plus the final ones. */
export const productBound = (K: number): number => epsilon * (K + 2)

/** A sum of so many terms, each at most 1. */
export const sumBound = (terms: number): number => epsilon * terms

/** Cross-entropy over V classes: exp is allowed 3 + 2|x| roundings and log a few; |x| ≤ 87 counts only where exp(−|x|) does. */
export const lossBound = (V: number): number => epsilon * (V + 32)

/** The root of a sum of n squares, all positive, in any order: n roundings of it at most; the root halves them. */
export const normBound = (n: number): number => epsilon * (n + 8)

/** Parameters after some updates of a dozen roundings each; a step moves by about the rate, and 1 − beta in f32 is off by ε / (1 − beta). */
export const updateBound = ({ rate, beta1, beta2 }: { readonly rate: number; readonly beta1: number; readonly beta2: number }, updates: number): number =>
  epsilon * updates * 12 * (1 + (updates * rate) / (1 - Math.max(beta1, beta2)))

/** Where two lists differ most. */
export interface Difference {
  /** |a − b| / (|b| + scale); NaN where one of them alone is NaN. */
  readonly error: number
  readonly index: number
}

/** The largest |a − b| / (|b| + scale) over the elements; the first NaN, if there is one. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): Difference {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, expected ${expected.length}`)
  let [error, index] = [0, 0]
  for (let i = 0; i < actual.length; i++) {
    const here = Math.abs(actual[i]! - expected[i]!) / (Math.abs(expected[i]!) + scale)
    // The comparison is this way round so that a NaN is kept.
    if (!(here <= error)) [error, index] = [here, i]
    if (Number.isNaN(error)) break
  }
  return { error, index }
}

/** Numbers in [−1, 1) that are the same every time. */
export function numbers(length: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** Logits along a text that a network writes, whose weights are so small that a rounding dies away and does not grow from step to step. */
export const writingBound = 1e-4
