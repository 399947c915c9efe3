// The characters that a model knows, and their ids. A character is a Unicode code point, or optionally a grapheme cluster. Texts are not
// normalised, so decode(encode(text)) === text.
import { isDetached } from '../bytes'
import { checkFlag, checkOptions, readSafely, show, SluiceError, type Known } from '../errors'
import { checkInstance, guardMethods } from '../proxy-guard'
import { clusterAt, graphemesOf, LongestMatch, longestSymbol as maxSymbolLength } from './graphemes'

/** The unknown character, with `unknown: true`: Unicode's replacement character. */
const replacement = '\ufffd'
const unknownId = 0

/** The symbols that have ids: characters (code points), or grapheme clusters (what a reader sees as one character). */
export type Symbols = 'characters' | 'graphemes'

/** The symbols of a vocabulary, and what becomes of unknown ones. */
export interface VocabularyOptions {
  /** Whether id 0 (U+FFFD) stands for characters that are not in the vocabulary. If false, they are an error. Default false. */
  readonly unknown?: boolean
  /** 'characters' (default): each code point has an id. 'graphemes': a family emoji, a flag, or a letter with its marks is one symbol, by
   * Intl.Segmenter; there are more symbols, each rarer. Encoding takes the longest match, so a saved vocabulary gives the same ids in every
   * browser, whatever its Unicode version. */
  readonly symbols?: Symbols
}

const names = { unknown: true, symbols: true } satisfies Known<VocabularyOptions>

/** A vocabulary as plain data for JSON. The index of a symbol in `characters` is its id. */
export interface VocabularyJSON {
  readonly characters: readonly string[]
  readonly unknown: boolean
  /** Left out for 'characters'. */
  readonly symbols?: Symbols
}

/** The characters of a text, each with an id. */
export class Vocabulary {
  readonly #ids = new Map<number, number>() // code point → id
  /** null where each character is a code point. */
  readonly #clusters: LongestMatch | null = null

  private constructor(
    /** The characters (code points or grapheme clusters) in the order of their ids. */
    readonly characters: readonly string[],
    /** Whether id 0 stands for every character that is not in `characters`. */
    readonly unknown: boolean,
    readonly symbols: Symbols,
  ) {
    guardMethods(this, Vocabulary)
    if (symbols === 'graphemes') this.#clusters = new LongestMatch(characters)
    else characters.forEach((character, id) => this.#ids.set(character.codePointAt(0)!, id))
  }

  /** The vocabulary of a text, most frequent characters first, equally frequent ones by code point: the same text always gives the same
   * ids. (Dive into Deep Learning sorts by frequency too, but equally frequent ones by first appearance.)
   *
   * Half of a surrogate pair is an error: UTF-8 cannot represent it, and replacing it would lose text silently.
   * @throws SluiceError `bad-value` for anything but a string, for a wrong option, and for 'graphemes' without Intl.Segmenter; `bad-text`
   * for a text that is empty or not well-formed. */
  static fromText(text: string, options: VocabularyOptions = {}): Vocabulary {
    const { unknown = false, symbols = 'characters' } = checkOptions('options', options, '{ unknown: true }', names)
    checkFlag('unknown', unknown)
    if (symbols !== 'characters' && symbols !== 'graphemes')
      throw new SluiceError('bad-value', `symbols is ${show(symbols)}, expected 'characters' or 'graphemes'`)
    checkText(text)
    if (symbols === 'graphemes') return Vocabulary.#ofGraphemes(text, unknown)
    const counts = new Map<number, number>()
    eachCodePoint(text, (point) => counts.set(point, (counts.get(point) ?? 0) + 1))
    // With `unknown`, U+FFFD in the text is itself the unknown character.
    if (unknown) counts.delete(replacement.codePointAt(0)!)
    const points = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([point]) => point)
    const characters = points.map((point) => String.fromCodePoint(point))
    return new Vocabulary(Object.freeze(unknown ? [replacement, ...characters] : characters), unknown, symbols)
  }

  static #ofGraphemes(text: string, unknown: boolean): Vocabulary {
    eachCodePoint(text, () => {}) // refuses halves of surrogate pairs
    const counts = new Map<string, number>()
    for (const cluster of graphemesOf(text)) counts.set(cluster, (counts.get(cluster) ?? 0) + 1)
    if (unknown) counts.delete(replacement)
    const clusters = [...counts].sort(([a, m], [b, n]) => n - m || byCodePoints(a, b)).map(([cluster]) => cluster)
    return new Vocabulary(Object.freeze(unknown ? [replacement, ...clusters] : clusters), unknown, 'graphemes')
  }

  get [Symbol.toStringTag](): string {
    return 'Vocabulary'
  }

  /** V, the number of ids. */
  get size(): number {
    return this.characters.length
  }

  /** Whether a character (code point or grapheme cluster) has its own id. */
  has(character: string): boolean {
    if (typeof character !== 'string') throw notAString(character)
    if (this.#clusters) return this.#clusters.idOf(character) !== undefined
    const point = character.codePointAt(0)
    return point !== undefined && character === String.fromCodePoint(point) && this.#ids.has(point)
  }

  /** Ids of a text, one for each code point or grapheme cluster (at most `text.length`).
   * @param blank a character outside the vocabulary that marks a hidden one: its id is V
   * @throws SluiceError `unknown-character` for a character without an id, unless `unknown` is set; `bad-value` for anything but a string;
   * `bad-text` for a text that is not well-formed. */
  encode(text: string, blank?: string): Uint32Array {
    if (typeof text !== 'string') throw notAString(text)
    const ids = new Uint32Array(text.length)
    let length = 0
    this.#eachSymbol(text, blank, (_, id) => (ids[length++] = id))
    return ids.slice(0, length)
  }

  /** Splits a text into the symbols that `encode` converts to ids.
   * @throws the errors of `encode`. */
  split(text: string, blank?: string): string[] {
    if (typeof text !== 'string') throw notAString(text)
    const symbols: string[] = []
    this.#eachSymbol(text, blank, (symbol) => symbols.push(symbol))
    return symbols
  }

  /** Visits every symbol of a text with its id, which is V for the blank. */
  #eachSymbol(text: string, blank: string | undefined, visit: (symbol: string, id: number) => void): void {
    const clusters = this.#clusters
    let end = 0 // of the symbol before
    let count = 0
    eachCodePoint(text, (point, position, start) => {
      if (start < end) return // within the symbol before
      const match = clusters?.at(text, start)
      const isBlank = blank !== undefined && text.startsWith(blank, start) && blank.length > (match?.length ?? 0)
      const id = isBlank ? this.size : clusters ? match?.id : this.#ids.get(point)
      if (id === undefined && !this.unknown) throw this.#notKnown(clusters ? clusterAt(text, start) : String.fromCodePoint(point), clusters ? count : position)
      end = start + (isBlank ? blank.length : (match?.length ?? (point > 0xffff ? 2 : 1)))
      visit(text.slice(start, end), id ?? unknownId)
      count++
    })
  }

  /** The text of ids.
   * @throws SluiceError `bad-value` unless each id is a whole number in [0, V). */
  decode(ids: ArrayLike<number>): string {
    return readSafely('ids', ids, () => this.#decoded(ids))
  }

  #decoded(ids: ArrayLike<number>): string {
    if (typeof ids !== 'object' || ids === null || !Number.isSafeInteger(ids.length))
      throw new SluiceError('bad-value', `ids is ${show(ids)}, expected a list of ids, such as the result of encode`)
    if (ArrayBuffer.isView(ids) && isDetached(ids))
      throw new SluiceError('bad-value', 'ids is detached: its memory was transferred, to a worker for instance, and is empty here')
    // By index and without a copy: a wrong `length` may be huge, and the first missing id ends the loop.
    let text = ''
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      const character = typeof id === 'number' ? this.characters[id] : undefined
      if (character !== undefined) {
        text += character
        continue
      }
      throw new SluiceError(
        'bad-value',
        `ids[${i}] is ${show(id)}, expected a whole number from 0 to ${this.size - 1}. ` + 'Are these ids from another vocabulary?',
      )
    }
    return text
  }

  /** Checks that another vocabulary has the same characters. @throws SluiceError `bad-value` otherwise: its ids have other meanings. */
  expect(other: Vocabulary): void {
    checkVocabulary(other)
    if (other === this || (other.size === this.size && other.characters.every((c, i) => c === this.characters[i]))) return
    throw new SluiceError(
      'bad-value',
      `the corpus has another vocabulary (${other.size} characters) than the model (${this.size}). Create it with Corpus.fromText(text, { vocabulary: model.vocabulary }).`,
    )
  }

  toJSON(): VocabularyJSON {
    // Left out for the default, as in files from before this option.
    return { characters: this.characters, unknown: this.unknown, ...(this.symbols !== 'characters' && { symbols: this.symbols }) }
  }

  /** The inverse of `toJSON`, from parsed JSON.
   * @throws SluiceError `bad-file` for anything but a result of `toJSON`. */
  static fromJSON(json: unknown): Vocabulary {
    return readSafely('the vocabulary', json, () => Vocabulary.#fromJSON(json))
  }

  static #fromJSON(json: unknown): Vocabulary {
    const { characters, unknown, symbols = 'characters' } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
    if (!Array.isArray(characters) || characters.length === 0) {
      const came = typeof json === 'object' && json ? `'s characters is ${show(characters)}` : ` is ${show(json)}`
      const expected = '{ characters: […], unknown: false } with at least one character'
      const parse = typeof json === 'string' ? 'Call JSON.parse first' : undefined
      throw badFile(`the vocabulary${came}, expected ${expected}`, parse)
    }
    if (typeof unknown !== 'boolean') {
      throw badFile(`the vocabulary's unknown is ${show(unknown)}, expected true or false`)
    }
    if (symbols !== 'characters' && symbols !== 'graphemes')
      throw badFile(`the vocabulary's symbols is ${show(symbols)}, expected 'characters' or 'graphemes'`, 'Was it written by a newer version of Sluice?')
    const seen = new Map<string, number>()
    // By index, so that a sparse list ends at its first hole.
    for (let id = 0; id < characters.length; id++) {
      const character: unknown = characters[id]
      const came = () => `the vocabulary's characters[${id}] is ${show(character)}`
      if (!isSymbol(character) || (symbols === 'characters' && (character.length > 2 || [...character].length !== 1))) {
        throw badFile(`${came()}, expected ${symbols === 'graphemes' ? `one grapheme cluster of at most ${maxSymbolLength} code units` : 'one character'}`)
      }
      if (seen.has(character)) throw badFile(`${came()}, the same as characters[${seen.get(character)}]`)
      seen.set(character, id)
    }
    if (unknown && characters[unknownId] !== replacement) {
      throw badFile(`the vocabulary's characters[0] is ${show(characters[0])}, expected U+FFFD because unknown is true`)
    }
    return new Vocabulary(Object.freeze([...seen.keys()]), unknown, symbols)
  }

  #notKnown(character: string, position: number): SluiceError {
    const listed = this.characters.slice(0, 60).map((known) => JSON.stringify(known))
    const rest = this.size - listed.length
    return new SluiceError(
      'unknown-character',
      `${nameCharacters(character)} at character ${position} of the text (counted from 0) is not one of the ` +
        `${this.size} characters of the vocabulary: ${listed.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}. ` +
        `${this.#remedy(character)}, or create the vocabulary with unknown: true. Was the model trained on another text?`,
    )
  }

  /** A simple change of the text that makes the character known, if there is one. */
  #remedy(character: string): string {
    const known = (variant: string) => (this.#clusters ? this.has(variant) : [...variant].every((part) => this.has(part)))
    if (known(character.toLowerCase())) return 'Lower-case the text first (text.toLowerCase())'
    if (known(character.toUpperCase())) return 'Upper-case the text first (text.toUpperCase())'
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
      if (known(character.normalize(form))) return `Normalise the text first (text.normalize('${form}'))`
    }
    // A mark alone has no other form, but together with the letter before it, it may.
    if (/\p{M}/u.test(character)) return `Compose the text first (text.normalize('NFC')), leave the character out`
    return 'Leave it out or replace it'
  }
}

/** A grapheme cluster of several code points: `'👩‍🚀' (U+1F469 U+200D U+1F680)`. */
function nameCharacters(cluster: string): string {
  const points = [...cluster].map((character) => character.codePointAt(0)!)
  if (points.length === 1) return nameCharacter(points[0]!)
  return `'${cluster.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))}' (${points.map(codeOf).join(' ')})`
}

const codeOf = (point: number) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`

/** `'é' (U+00E9)`, and for invisible characters `'\n' (U+000A)`. */
export function nameCharacter(point: number): string {
  const code = codeOf(point)
  const character = String.fromCodePoint(point)
  // Marks, controls, unassigned code points and surrogates would break the message.
  if (/[\p{M}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/u.test(character)) return code
  return `'${character === "'" ? "\\'" : JSON.stringify(character).slice(1, -1)}' (${code})`
}

/** @throws SluiceError `bad-value` for anything but a string, `bad-text` for an empty one. */
export function checkText(text: unknown): asserts text is string {
  if (typeof text !== 'string') throw notAString(text)
  if (text.length === 0) throw new SluiceError('bad-text', 'the text is empty, expected at least one character')
}

const notAString = (text: unknown) =>
  new SluiceError('bad-value', `text is ${show(text)}, expected a string. For the bytes of a file, use decodeText(await file.arrayBuffer())`)

const badFile = (what: string, advice = 'Was the file damaged, or written by another program?') => new SluiceError('bad-file', `${what}. ${advice}`)

const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff

const isSymbol = (symbol: unknown): symbol is string =>
  typeof symbol === 'string' && symbol !== '' && symbol.length <= maxSymbolLength && !/\p{Cs}/u.test(symbol)

/** Order of two strings by code points. (`<` compares code units, where U+FF5E comes after U+1F600.) */
function byCodePoints(a: string, b: string): number {
  const [p, q] = [[...a], [...b]]
  const at = p.findIndex((character, i) => character !== q[i])
  if (at < 0) return p.length - q.length
  return p[at]!.codePointAt(0)! - (q[at]?.codePointAt(0) ?? -1)
}

/** Visits every code point with its index in code points and its index in code units. */
function eachCodePoint(text: string, visit: (point: number, position: number, start: number) => void): void {
  let position = 0
  for (let i = 0; i < text.length; i++, position++) {
    const point = text.codePointAt(i)!
    if (isSurrogate(point)) {
      throw new SluiceError(
        'bad-text',
        `character ${position} of the text (counted from 0) is ${nameCharacter(point)}, half of a surrogate pair. ` +
          "Was the text cut in the middle of a character? Cut it with [...text].slice(…).join(''), " +
          'or replace it by U+FFFD with text.toWellFormed()',
      )
    }
    visit(point, position, i)
    if (point > 0xffff) i++
  }
}

/** @param advice where to get one
 * @throws SluiceError `bad-value` for anything but a vocabulary. */
export function checkVocabulary(vocabulary: unknown, advice = 'such as Corpus.fromText(text).vocabulary'): asserts vocabulary is Vocabulary {
  checkInstance('vocabulary', vocabulary, Vocabulary, `a Vocabulary ${advice}`)
}
