// The probabilities that a character was sampled from. The GPU samples; the CPU computes the probabilities from the same logits, by the rule
// of shaders/token/sample.wgsl.
import type { Vocabulary } from './vocabulary'

/** A character, and how likely the model finds it. */
export interface Guess {
  readonly character: string
  readonly probability: number
}

/** A generated character with its probability and its alternatives. */
export interface Sample {
  readonly character: string
  /** Probability of this character, with temperature and top-k applied. */
  readonly probability: number
  /** The most likely characters at this position, in order of probability. */
  readonly alternatives: readonly Guess[]
}

export interface SamplingRule {
  readonly temperature: number
  readonly topK: number
  /** Number of most likely characters to return. */
  readonly alternatives: number
}

/** @param logits [N, stride], a row for each of the N ids, of which the first V count */
export function samplesOf(
  ids: Uint32Array,
  logits: Float32Array,
  stride: number,
  { characters }: Vocabulary,
  { temperature, topK, alternatives }: SamplingRule,
): Sample[] {
  return Array.from(ids, (id, n) => {
    const chances = probabilities(logits.subarray(n * stride, n * stride + characters.length), temperature, topK)
    const order = [...chances.keys()].sort((a, b) => chances[b]! - chances[a]! || a - b).slice(0, alternatives)
    return {
      character: characters[id]!,
      probability: chances[id]!,
      alternatives: order.map((v) => ({ character: characters[v]!, probability: chances[v]! })),
    }
  })
}

/** softmax(o / temperature) over the k largest (all or none of several equal ones), or over all if k = 0. At temperature 0
 * the first of the largest has probability 1. */
export function probabilities(logits: Float32Array, temperature: number, topK: number): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  if (temperature === 0) {
    const first = logits.indexOf(largest)
    return Float64Array.from(logits, (_, v) => Number(v === first))
  }
  const least = topK === 0 || topK >= logits.length ? -Infinity : Float32Array.from(logits).sort().at(-topK)!
  const weights = Float64Array.from(logits, (o) => (o >= least ? Math.exp(Math.max((o - largest) / temperature, -87)) : 0))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / sum)
}
