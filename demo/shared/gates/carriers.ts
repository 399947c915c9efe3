// Which units carry the answer of a network that answers with a number.

/** The share of each unit in the answer, [H], in all 1: the standard deviation of its part of it.
 * @param h states, [N, H] @param W of the head, [H] */
export function shares(h: Float32Array, W: Float32Array, hidden: number): Float64Array {
  const rows = h.length / hidden
  const spread = Float64Array.from({ length: hidden }, (_, j) => {
    let [sum, squares] = [0, 0]
    for (let n = 0; n < rows; n++) {
      sum += h[n * hidden + j]!
      squares += h[n * hidden + j]! ** 2
    }
    return Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2)) * Math.abs(W[j]!)
  })
  const all = spread.reduce((a, b) => a + b, 0)
  return spread.map((one) => (all > 0 ? one / all : 1 / hidden))
}

/** The mean over the units, each with its share: [N]. @param values [N, H] */
export const weighted = (values: Float32Array, share: Float64Array): Float64Array =>
  Float64Array.from({ length: values.length / share.length }, (_, n) => share.reduce((sum, part, j) => sum + part * values[n * share.length + j]!, 0))
