// What becomes of the two directions of a layer: side by side, or merged unit by unit.
import { outputDirections, stateSize, type LayerSpec } from '../spec'

/** Values [rows, 2, H] of a bidirectional layer as it gives them: [rows, 2, H], or [rows, H] merged. */
export function mergeDirections(layer: LayerSpec, values: Float64Array): Float64Array {
  if (!layer.bidirectional || outputDirections(layer) === 2) return values
  const H = stateSize(layer, 'h')
  return Float64Array.from({ length: values.length / 2 }, (_, i) => {
    const [a, b] = sides(values, i, H)
    return layer.merge === 'product' ? a * b : (a + b) * (layer.merge === 'mean' ? 0.5 : 1)
  })
}

/** The gradient of `values` from that of what became of them. */
export function splitDirections(layer: LayerSpec, values: Float64Array, gradient: Float64Array): Float64Array {
  if (!layer.bidirectional || outputDirections(layer) === 2) return gradient
  const H = stateSize(layer, 'h')
  return Float64Array.from(values, (_, i) => {
    const n = Math.floor(i / (2 * H)) * H + (i % H)
    const [a, b] = sides(values, n, H)
    if (layer.merge === 'product') return gradient[n]! * (Math.floor(i / H) % 2 === 0 ? b : a)
    return gradient[n]! * (layer.merge === 'mean' ? 0.5 : 1)
  })
}

/** The two values behind element n of [rows, H]. */
function sides(values: Float64Array, n: number, H: number): [number, number] {
  const at = Math.floor(n / H) * 2 * H + (n % H)
  return [values[at]!, values[at + H]!]
}
