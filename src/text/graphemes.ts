// Grapheme clusters as symbols: what a reader sees as one character, such as a family emoji or a letter with its marks.
import { SluiceError } from '../errors'

/** Most code units of a symbol. The longest emoji has 35. Longer clusters are split into code points. */
export const longestSymbol = 64

/** Splits a text into symbols by the longest match. Grapheme clusters depend on the Unicode version of the browser, so a saved vocabulary
 * uses only its own symbols: every browser gives the same ids. If all clusters of a text are symbols, the longest match is the cluster,
 * because the end of a cluster does not depend on the text before it. */
export class LongestMatch {
  readonly #ids: Map<string, number>
  /** Lengths of the symbols that start with a code point, longest first. */
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

  /** The longest symbol at an index of the text, in code units. */
  at(text: string, start: number): { readonly id: number; readonly length: number } | undefined {
    for (const length of this.#lengths.get(text.codePointAt(start)!) ?? []) {
      const id = this.#ids.get(text.slice(start, start + length))
      if (id !== undefined) return { id, length }
    }
    return undefined
  }
}

/** The grapheme clusters of a text, in order.
 * @throws SluiceError `bad-value` if the run time has no Intl.Segmenter. */
export function* graphemesOf(text: string): Generator<string, void, undefined> {
  const segmenter = segmenterHere()
  if (!segmenter) {
    const advice = "Update the browser (all have it since 2024), or use symbols: 'characters'"
    throw new SluiceError('bad-value', `symbols is 'graphemes', but this browser or run time has no Intl.Segmenter. ${advice}`)
  }
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= longestSymbol) yield segment
    else yield* segment
  }
}

/** The cluster at an index of the text, for a message. Without Intl.Segmenter: the character. */
export function clusterAt(text: string, start: number): string {
  const character = String.fromCodePoint(text.codePointAt(start)!)
  const [first] = segmenterHere()?.segment(text.slice(start, start + longestSymbol)) ?? []
  return first?.segment ?? character
}

const segmenterHere = () => (typeof Intl === 'object' && 'Segmenter' in Intl ? new Intl.Segmenter('und', { granularity: 'grapheme' }) : undefined)
