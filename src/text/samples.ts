// What a written character was drawn from. The GPU draws; the CPU tells the probabilities from the same logits, by the
// rule of shaders/token/sample.wgsl.
import type { Guess } from './blank-model'
import type { Vocabulary } from './vocabulary'

export interface Sample {
  readonly character: string
  /** What the chance of this character was, temperature and top-k taken into account. */
  readonly probability: number
  /** The likeliest characters at that place, the likeliest first. */
  readonly alternatives: readonly Guess[]
}

export interface SampleOptions {
  readonly temperature: number
  readonly topK: number
  /** How many of the likeliest characters to tell. */
  readonly alternatives: number
}

/** @param logits [N, stride], a row for each of the N ids, of which the first V count */
export function samplesOf(
  ids: Uint32Array,
  logits: Float32Array,
  stride: number,
  { characters }: Vocabulary,
  { temperature, topK, alternatives }: SampleOptions,
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

/** softmax(o / temperature) over the k largest (equal ones stand or fall together), or all where k = 0; at temperature 0
 * the first of the largest is certain. */
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
