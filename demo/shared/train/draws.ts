// What the characters of a sample were drawn from, packed so that many samples are quickly kept and sent.
import type { Sample } from 'sluice'

/** N characters, K alternatives for each. */
export interface Draws {
  readonly text: string
  /** [N]: the chance of the character that was drawn. */
  readonly chances: Float32Array
  /** N·K characters: the likeliest at each place, the likeliest first. */
  readonly likeliest: string
  /** [N, K] */
  readonly likeliestChances: Float32Array
  /** [N] and [N, K]: code units of each character. Left out where each is one code point. */
  readonly lengths?: Uint8Array
  readonly likeliestLengths?: Uint8Array
}

export function pack(draws: readonly Sample[]): Draws {
  const alternatives = draws.flatMap((draw) => draw.alternatives)
  const chancesOf = (of: readonly { readonly probability: number }[]) => Float32Array.from(of, ({ probability }) => probability)
  const charactersOf = (of: readonly { readonly character: string }[]) => of.map(({ character }) => character)
  return packed(charactersOf(draws), chancesOf(draws), charactersOf(alternatives), chancesOf(alternatives))
}

function packed(characters: readonly string[], chances: Float32Array, likeliest: readonly string[], likeliestChances: Float32Array): Draws {
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

/** The characters that were drawn, [N]. */
export const charactersOf = ({ text, lengths }: Draws): string[] => unpacked(text, lengths)
const likeliestOf = ({ likeliest, likeliestLengths }: Draws): string[] => unpacked(likeliest, likeliestLengths)

/** One after the other. */
export function join(a: Draws, b: Draws): Draws {
  const both = (x: Float32Array, y: Float32Array) => Float32Array.of(...x, ...y)
  return packed(
    [...charactersOf(a), ...charactersOf(b)],
    both(a.chances, b.chances),
    [...likeliestOf(a), ...likeliestOf(b)],
    both(a.likeliestChances, b.likeliestChances),
  )
}

/** What the character at this place was drawn from; it stands among the alternatives itself, in place of the last one if
 * it is not among the likeliest. */
export function drawAt(draws: Draws, place: number): Sample {
  const { chances, likeliestChances } = draws
  const K = chances.length ? likeliestChances.length / chances.length : 0
  const drawn = { character: charactersOf(draws)[place]!, probability: chances[place]! }
  const likely = likeliestOf(draws)
    .slice(place * K, (place + 1) * K)
    .map((character, k) => ({ character, probability: likeliestChances[place * K + k]! }))
    .filter(({ probability }) => probability > 0)
  const among = likely.some(({ character }) => character === drawn.character)
  return { ...drawn, alternatives: among ? likely : [...likely.slice(0, -1), drawn] }
}

/** How surprising a character of this chance was, from 0 (hardly) to 4 (very), in steps of bits. */
export const surprise = (chance: number): number => [0.5, 1.5, 3, 5].filter((bits) => -Math.log2(chance) > bits).length
