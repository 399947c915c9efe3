// What the characters of a sample were drawn from, packed so that many samples are quickly kept and sent.
import type { Draw } from 'sluice'

/** N characters, K alternatives for each. */
export interface Draws {
  readonly text: string
  /** [N]: the chance of the character that was drawn. */
  readonly chances: Float32Array
  /** N·K characters: the likeliest at each place, the likeliest first. */
  readonly likeliest: string
  /** [N, K] */
  readonly likeliestChances: Float32Array
}

export function pack(draws: readonly Draw[]): Draws {
  const alternatives = draws.flatMap((draw) => draw.alternatives)
  return {
    text: draws.map(({ character }) => character).join(''),
    chances: Float32Array.from(draws, ({ probability }) => probability),
    likeliest: alternatives.map(({ character }) => character).join(''),
    likeliestChances: Float32Array.from(alternatives, ({ probability }) => probability),
  }
}

/** One after the other. */
export function join(a: Draws, b: Draws): Draws {
  const both = (x: Float32Array, y: Float32Array) => Float32Array.of(...x, ...y)
  return { text: a.text + b.text, chances: both(a.chances, b.chances), likeliest: a.likeliest + b.likeliest, likeliestChances: both(a.likeliestChances, b.likeliestChances) }
}

/** What the character at this place was drawn from; it stands among the alternatives itself, in place of the last one if
 * it is not among the likeliest. */
export function drawAt({ text, chances, likeliest, likeliestChances }: Draws, place: number): Draw {
  const K = chances.length ? likeliestChances.length / chances.length : 0
  const drawn = { character: [...text][place]!, probability: chances[place]! }
  const likely = [...likeliest]
    .slice(place * K, (place + 1) * K)
    .map((character, k) => ({ character, probability: likeliestChances[place * K + k]! }))
    .filter(({ probability }) => probability > 0)
  const among = likely.some(({ character }) => character === drawn.character)
  return { ...drawn, alternatives: among ? likely : [...likely.slice(0, -1), drawn] }
}

/** How surprising a character of this chance was, from 0 (hardly) to 4 (very), in steps of bits. */
export const surprise = (chance: number): number => [0.5, 1.5, 3, 5].filter((bits) => -Math.log2(chance) > bits).length
