// The size of the gradient at each time step.

/** dL/dc of each step: dh holds c fixed, so c adds what its own output and its own next step need of it.
 * dc = dh ⊙ o ⊙ (1 − tanh²(c)) + f⁺ ⊙ dc⁺, all [T, B·H]. */
export function cellGradients(dh: Float32Array, c: Float32Array, f: Float32Array, o: Float32Array, width: number): Float32Array {
  const dc = new Float32Array(dh.length)
  for (let i = dh.length - 1; i >= 0; i--) {
    const next = i + width
    dc[i] = dh[i]! * o[i]! * (1 - Math.tanh(c[i]!) ** 2) + (next < dc.length ? f[next]! * dc[next]! : 0)
  }
  return dc
}

/** Norms of values [T, …], the last step first. In float64: squares of small gradients underflow in float32. */
export function norms(values: Float32Array, T: number): number[] {
  const width = values.length / T
  return Array.from({ length: T }, (_, back) =>
    Math.sqrt(values.subarray((T - 1 - back) * width, (T - back) * width).reduce((sum, value) => sum + value * value, 0)),
  )
}
