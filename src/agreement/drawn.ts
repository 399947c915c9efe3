// The draw of a class, in float64: what the kernels' draws are held against.
import { uniform } from '../random'

/** The class that should be drawn, from sums in float64; null where the running sum comes so near to a border
 * between classes that a rounding may decide. */
export function drawn(
  logits: ArrayLike<number>,
  { temperature, topK, seed, stream = 0, index }: { temperature: number; topK: number; seed: number; stream?: number; index: number },
): number | null {
  const all = Array.from(logits)
  const largest = Math.max(...all)
  if (temperature === 0) return all.indexOf(largest)
  const least = topK === 0 ? -Infinity : [...all].sort((a, b) => b - a)[Math.min(topK, all.length) - 1]!
  const weights = all.map((o) => (o >= least ? Math.exp((o - largest) / temperature) : 0))
  const total = weights.reduce((a, b) => a + b, 0)
  let left = uniform(seed, stream, index) * total
  for (const [v, weight] of weights.entries()) {
    left -= weight
    if (Math.abs(left) < 1e-4 * total) return null
    if (left < 0) return v
  }
  return null
}
