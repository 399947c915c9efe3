// What logits say of the next symbol.
import type { Guess } from 'sluice'

const largestOf = (logits: Float32Array): number => logits.reduce((a, b) => Math.max(a, b))

/** The probability of a symbol. */
export function probabilityOf(logits: Float32Array, id: number): number {
  const largest = largestOf(logits)
  return Math.exp(logits[id]! - largest) / logits.reduce((sum, o) => sum + Math.exp(o - largest), 0)
}

/** The `count` likeliest symbols, the likeliest first. */
export function mostLikely(logits: Float32Array, characters: readonly string[], count: number): Guess[] {
  const largest = largestOf(logits)
  const best: number[] = []
  let sum = 0
  logits.forEach((o, id) => {
    sum += Math.exp(o - largest)
    const rank = best.findIndex((other) => o > logits[other]!)
    if (rank >= 0) best.splice(rank, 0, id)
    else if (best.length < count) best.push(id)
    if (best.length > count) best.pop()
  })
  return best.map((id) => ({ character: characters[id]!, probability: Math.exp(logits[id]! - largest) / sum }))
}
