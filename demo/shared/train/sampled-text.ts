// A sample with the probabilities of its characters and their alternatives, packed to be stored and sent quickly.
import type { Sample } from 'sluice'

/** N characters, K alternatives for each. */
export interface SampledText {
  readonly text: string
  /** [N]: the probability of each sampled character. */
  readonly chances: Float32Array
  /** N·K characters: the most likely at each position, the most likely first. */
  readonly likeliest: string
  /** [N, K] */
  readonly likeliestChances: Float32Array
  /** [N] and [N, K]: code units of each character. Left out if each is one code point. */
  readonly lengths?: Uint8Array
  readonly likeliestLengths?: Uint8Array
}

export function pack(draws: readonly Sample[]): SampledText {
  const alternatives = draws.flatMap((draw) => draw.alternatives)
  const chancesOf = (of: readonly { readonly probability: number }[]) => Float32Array.from(of, ({ probability }) => probability)
  const charactersOf = (of: readonly { readonly character: string }[]) => of.map(({ character }) => character)
  return packed(charactersOf(draws), chancesOf(draws), charactersOf(alternatives), chancesOf(alternatives))
}

function packed(characters: readonly string[], chances: Float32Array, likeliest: readonly string[], likeliestChances: Float32Array): SampledText {
  const both = { text: characters.join(''), chances, likeliest: likeliest.join(''), likeliestChances }
  if ([...characters, ...likeliest].every((character) => character.length === String.fromCodePoint(character.codePointAt(0)!).length)) return both
  const lengthsOf = (of: readonly string[]) => Uint8Array.from(of, ({ length }) => length)
  return { ...both, lengths: lengthsOf(characters), likeliestLengths: lengthsOf(likeliest) }
}

function unpacked(text: string, lengths: Uint8Array | undefined): string[] {
  if (!lengths) return [...text]
  let end = 0
  return Array.from(lengths, (length) => text.slice(end, (end += length)))
}

/** The sampled characters, [N]. */
export const charactersOf = ({ text, lengths }: SampledText): string[] => unpacked(text, lengths)
const likeliestOf = ({ likeliest, likeliestLengths }: SampledText): string[] => unpacked(likeliest, likeliestLengths)

/** Concatenates two sampled texts. */
export function join(a: SampledText, b: SampledText): SampledText {
  const both = (x: Float32Array, y: Float32Array) => Float32Array.of(...x, ...y)
  return packed(
    [...charactersOf(a), ...charactersOf(b)],
    both(a.chances, b.chances),
    [...likeliestOf(a), ...likeliestOf(b)],
    both(a.likeliestChances, b.likeliestChances),
  )
}

/** The character at this position with its alternatives. It is one of them itself, in place of the last one if it is not among the
 * most likely. */
export function sampledAt(sampled: SampledText, index: number): Sample {
  const { chances, likeliestChances } = sampled
  const K = chances.length ? likeliestChances.length / chances.length : 0
  const drawn = { character: charactersOf(sampled)[index]!, probability: chances[index]! }
  const likely = likeliestOf(sampled)
    .slice(index * K, (index + 1) * K)
    .map((character, k) => ({ character, probability: likeliestChances[index * K + k]! }))
    .filter(({ probability }) => probability > 0)
  const among = likely.some(({ character }) => character === drawn.character)
  return { ...drawn, alternatives: among ? likely : [...likely.slice(0, -1), drawn] }
}

/** The surprise of a character of this probability, from 0 (low) to 4 (high), by thresholds in bits. */
export const surpriseLevel = (chance: number): number => [0.5, 1.5, 3, 5].filter((bits) => -Math.log2(chance) > bits).length
