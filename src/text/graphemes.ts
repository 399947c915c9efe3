// Grapheme clusters as symbols: a family emoji, or a letter with its marks, is what a person sees as one character.
import { SluiceError } from '../errors'

/** Code units of the longest symbol. The longest emoji has 35; what is longer is decoration, and is read code point by code point. */
export const longestSymbol = 64

/** Finds the symbols of a text by the longest match. Which clusters there are differs with the Unicode version of whatever cut
 * them, so a vocabulary that was saved reads by its own symbols alone: any browser gives the same ids. Where all the clusters of a
 * text are symbols, the longest match is the cluster, because where one ends does not depend on what was before it. */
export class LongestMatch {
  readonly #ids: Map<string, number>
  /** Lengths of the symbols that begin with a code point, the longest first. */
  readonly #lengths = new Map<number, number[]>()

  constructor(symbols: readonly string[]) {
    this.#ids = new Map(symbols.map((symbol, id) => [symbol, id]))
    for (const { length, first } of symbols.map((symbol) => ({ length: symbol.length, first: symbol.codePointAt(0)! }))) {
      const lengths = this.#lengths.get(first)
      if (!lengths) this.#lengths.set(first, [length])
      else if (!lengths.includes(length)) lengths.push(length)
    }
    for (const lengths of this.#lengths.values()) lengths.sort((a, b) => b - a)
  }

  idOf(symbol: string): number | undefined {
    return this.#ids.get(symbol)
  }

  /** The longest symbol that stands at a place of the text, a code unit's. */
  at(text: string, start: number): { readonly id: number; readonly length: number } | undefined {
    for (const length of this.#lengths.get(text.codePointAt(start)!) ?? []) {
      const id = this.#ids.get(text.slice(start, start + length))
      if (id !== undefined) return { id, length }
    }
    return undefined
  }
}

/** The grapheme clusters of a text, in order.
 * @throws SluiceError `bad-value` where the run time has no Intl.Segmenter. */
export function* graphemesOf(text: string): Generator<string, void, undefined> {
  const segmenter = segmenterHere()
  if (!segmenter) {
    const advice = "Update the browser (they all have it since 2024), or leave the vocabulary at symbols: 'characters'"
    throw new SluiceError('bad-value', `symbols is 'graphemes', which needs Intl.Segmenter, and this browser or run time has none. ${advice}`)
  }
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= longestSymbol) yield segment
    else yield* segment
  }
}

/** The cluster that begins at a place of the text, for a message: where none can be told, the character there. */
export function clusterAt(text: string, start: number): string {
  const character = String.fromCodePoint(text.codePointAt(start)!)
  const [first] = segmenterHere()?.segment(text.slice(start, start + longestSymbol)) ?? []
  return first?.segment ?? character
}

const segmenterHere = () => (typeof Intl === 'object' && 'Segmenter' in Intl ? new Intl.Segmenter('und', { granularity: 'grapheme' }) : undefined)
