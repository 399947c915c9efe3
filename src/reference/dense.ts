// A dense layer y = f(x W + b) over all rows, and its gradients.
import type { Activation, DenseSpec } from '../spec'
import { add, addOuterProduct, addProduct, addTransposedProduct, type Matrix } from './products'

/** Values, or gradients, of the parameters of a dense layer. */
export interface DenseWeights {
  readonly W: Float64Array // [I, N]
  readonly b: Float64Array | null // [N]
}

/** f, and its derivative in terms of y. */
const activations: Readonly<Record<Activation, { readonly value: (x: number) => number; readonly derivative: (y: number) => number }>> = {
  linear: { value: (x) => x, derivative: () => 1 },
  relu: { value: (x) => Math.max(x, 0), derivative: (y) => (y > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, derivative: (y) => 1 - y * y },
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), derivative: (y) => y * (1 - y) },
}

const matrix = (W: Float64Array, stride: number): Matrix => ({ data: W, offset: 0, stride })

/** y [rows, N] of x [rows, I]. */
export function denseForward({ dense: N, activation = 'linear' }: DenseSpec, { W, b }: DenseWeights, x: Float64Array): Float64Array {
  const I = W.length / N
  const y = new Float64Array((x.length / I) * N)
  for (let row = 0; row < x.length / I; row++) {
    const to = y.subarray(row * N, (row + 1) * N)
    if (b) to.set(b)
    addProduct(to, x.subarray(row * I, (row + 1) * I), matrix(W, N))
  }
  return y.map(activations[activation].value)
}

/** dx [rows, I]; the gradients of the parameters are added to `sums`. */
export function denseBackward(
  { dense: N, activation = 'linear' }: DenseSpec,
  { W }: DenseWeights,
  { x, y, dy }: { readonly x: Float64Array; readonly y: Float64Array; readonly dy: Float64Array },
  sums: DenseWeights,
): Float64Array {
  const I = W.length / N
  const dx = new Float64Array(x.length)
  const dpre = dy.map((v, i) => v * activations[activation].derivative(y[i]!))
  for (let row = 0; row < x.length / I; row++) {
    const gradient = dpre.subarray(row * N, (row + 1) * N)
    addOuterProduct(matrix(sums.W, N), x.subarray(row * I, (row + 1) * I), gradient)
    if (sums.b) add(sums.b, gradient)
    addTransposedProduct(dx.subarray(row * I, (row + 1) * I), gradient, matrix(W, N))
  }
  return dx
}
