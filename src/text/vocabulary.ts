// The characters a model knows, and the way from text to ids and back.
// A character is a Unicode code point. Nothing is normalised, so decode(encode(text)) === text.
import { isDetached } from '../bytes'
import { checkFlag, checkOptions, reading, show, SluiceError, type Known } from '../errors'
import { checkOwn, opaque } from '../opaque'

/** What stands for every character not seen, with `unknown: true`: Unicode's own replacement character. */
const replacement = '\ufffd'
const unknownId = 0

export interface VocabularyOptions {
  /** Reserve id 0, shown as U+FFFD, for characters not in the vocabulary, instead of refusing them. Default false. */
  readonly unknown?: boolean
}

const names = { unknown: true } satisfies Known<VocabularyOptions>

/** A vocabulary as plain data for JSON. The place of a character in `characters` is its id. */
export interface VocabularyJSON {
  readonly characters: readonly string[]
  readonly unknown: boolean
}

export class Vocabulary {
  readonly #ids = new Map<number, number>() // code point → id

  private constructor(
    /** The characters, each one code point, in the order of their ids. */
    readonly characters: readonly string[],
    /** Whether id 0 stands for every character that is not in `characters`. */
    readonly unknown: boolean,
  ) {
    opaque(this, Vocabulary)
    characters.forEach((character, id) => this.#ids.set(character.codePointAt(0)!, id))
  }

  /** The characters of `text`, the most frequent first and equals by code point: the same text gives the same ids
   * everywhere (Dive into Deep Learning sorts by frequency too, and leaves equals to their first appearance).
   *
   * Half of a surrogate pair is an error, not a character: no file in UTF-8 could hold it, and replacing it would lose
   * text silently.
   * @throws SluiceError `bad-value` where text is not a string; `bad-text` where it is empty or not well-formed. */
  static fromText(text: string, options: VocabularyOptions = {}): Vocabulary {
    const { unknown = false } = checkOptions('options', options, '{ unknown: true }', names)
    checkFlag('unknown', unknown)
    checkText(text)
    const counts = new Map<number, number>()
    eachCodePoint(text, (point) => counts.set(point, (counts.get(point) ?? 0) + 1))
    // With `unknown`, U+FFFD in the text is itself the unknown character.
    if (unknown) counts.delete(replacement.codePointAt(0)!)
    const points = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([point]) => point)
    const characters = points.map((point) => String.fromCodePoint(point))
    return new Vocabulary(Object.freeze(unknown ? [replacement, ...characters] : characters), unknown)
  }

  get [Symbol.toStringTag](): string {
    return 'Vocabulary'
  }

  /** V, the number of ids. */
  get size(): number {
    return this.characters.length
  }

  /** Whether `character`, one code point, has an id of its own. */
  has(character: string): boolean {
    if (typeof character !== 'string') throw notAString(character)
    const point = character.codePointAt(0)
    return point !== undefined && character === String.fromCodePoint(point) && this.#ids.has(point)
  }

  /** Ids of the text's characters, one a code point (so at most `text.length`).
   * @throws SluiceError `unknown-character` at the first that has no id, unless `unknown` was set; `bad-value` where
   * text is not a string; `bad-text` where it is not well-formed. */
  encode(text: string): Uint32Array {
    if (typeof text !== 'string') throw notAString(text)
    const ids = new Uint32Array(text.length)
    let length = 0
    eachCodePoint(text, (point, position) => {
      const id = this.#ids.get(point)
      if (id === undefined && !this.unknown) throw this.#notKnown(point, position)
      ids[length++] = id ?? unknownId
    })
    return ids.slice(0, length)
  }

  /** The text of ids.
   * @throws SluiceError `bad-value` where one is not a whole number in [0, V). */
  decode(ids: ArrayLike<number>): string {
    return reading('ids', ids, () => this.#decoded(ids))
  }

  #decoded(ids: ArrayLike<number>): string {
    if (typeof ids !== 'object' || ids === null || !Number.isSafeInteger(ids.length)) throw new SluiceError('bad-value', `ids is ${show(ids)}, expected a list of ids, such as encode gives`)
    if (ArrayBuffer.isView(ids) && isDetached(ids)) throw new SluiceError('bad-value', 'ids is detached: its memory was transferred, to a worker for instance, and is empty here')
    // By index, and no copy of what says that it is long: the first id that is none ends it.
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
        `ids[${i}] is ${show(id)}, expected a whole number from 0 to ${this.size - 1}. ` +
          'Were these ids made with another vocabulary?',
      )
    }
    return text
  }

  /** Refuses another vocabulary than this one: ids would mean other characters. @throws SluiceError `bad-value`. */
  expect(other: Vocabulary): void {
    checkVocabulary(other)
    if (other === this || (other.size === this.size && other.characters.every((c, i) => c === this.characters[i]))) return
    throw new SluiceError(
      'bad-value',
      `the corpus has another vocabulary (${other.size} characters) than the model (${this.size}). Make it with Corpus.fromText(text, { vocabulary: model.vocabulary }).`,
    )
  }

  toJSON(): VocabularyJSON {
    return { characters: this.characters, unknown: this.unknown }
  }

  /** The inverse of `toJSON`, from parsed JSON.
   * @throws SluiceError `bad-file` where it is not what `toJSON` gives. */
  static fromJSON(json: unknown): Vocabulary {
    return reading('the vocabulary', json, () => Vocabulary.#fromJSON(json))
  }

  static #fromJSON(json: unknown): Vocabulary {
    const { characters, unknown } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
    if (!Array.isArray(characters) || characters.length === 0) {
      const came = typeof json === 'object' && json ? `'s characters is ${show(characters)}` : ` is ${show(json)}`
      const expected = '{ characters: […], unknown: false } with at least one character'
      const parse = typeof json === 'string' ? 'Call JSON.parse first' : undefined
      throw badFile(`the vocabulary${came}, expected ${expected}`, parse)
    }
    if (typeof unknown !== 'boolean') {
      throw badFile(`the vocabulary's unknown is ${show(unknown)}, expected true or false`)
    }
    const seen = new Map<string, number>()
    // By index: a list of holes ends at the first.
    for (let id = 0; id < characters.length; id++) {
      const character: unknown = characters[id]
      const came = () => `the vocabulary's characters[${id}] is ${show(character)}`
      if (typeof character !== 'string' || character.length > 2 || [...character].length !== 1 || isSurrogate(character.codePointAt(0)!)) {
        throw badFile(`${came()}, expected one character`)
      }
      if (seen.has(character)) throw badFile(`${came()}, the same as characters[${seen.get(character)}]`)
      seen.set(character, id)
    }
    if (unknown && characters[unknownId] !== replacement) {
      throw badFile(`the vocabulary's characters[0] is ${show(characters[0])}, expected U+FFFD because unknown is true`)
    }
    return new Vocabulary(Object.freeze([...seen.keys()]), unknown)
  }

  #notKnown(point: number, position: number): SluiceError {
    const character = String.fromCodePoint(point)
    const listed = this.characters.slice(0, 60).map((known) => JSON.stringify(known))
    const rest = this.size - listed.length
    return new SluiceError(
      'unknown-character',
      `${nameCharacter(point)} at character ${position} of the text (counted from 0) is not one of the ` +
        `${this.size} characters of the vocabulary: ${listed.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}. ` +
        `${this.#remedy(character)}, or make the vocabulary with unknown: true. Was the model trained on another text?`,
    )
  }

  /** The change to the text that would bring it into the vocabulary, if an easy one does. */
  #remedy(character: string): string {
    const known = (variant: string) => [...variant].every((part) => this.#ids.has(part.codePointAt(0)!))
    if (known(character.toLowerCase())) return 'Lower-case the text first (text.toLowerCase())'
    if (known(character.toUpperCase())) return 'Upper-case the text first (text.toUpperCase())'
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
      if (known(character.normalize(form))) return `Normalise the text first (text.normalize('${form}'))`
    }
    // Alone it has no other form, but with the letter before it, it may.
    if (/\p{M}/u.test(character)) return `Compose the text first (text.normalize('NFC')), leave the character out`
    return 'Leave it out or replace it'
  }
}

/** `'é' (U+00E9)`, and for what cannot be seen `'\n' (U+000A)`. */
export function nameCharacter(point: number): string {
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  const character = String.fromCodePoint(point)
  // Marks, controls, unassigned and lone halves would spoil the line they are printed on.
  if (/[\p{M}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/u.test(character)) return code
  return `'${character === "'" ? "\\'" : JSON.stringify(character).slice(1, -1)}' (${code})`
}

/** @throws SluiceError `bad-value` where text is not a string, `bad-text` where it is empty. */
export function checkText(text: unknown): asserts text is string {
  if (typeof text !== 'string') throw notAString(text)
  if (text.length === 0) throw new SluiceError('bad-text', 'the text is empty, expected at least one character')
}

const notAString = (text: unknown) =>
  new SluiceError(
    'bad-value',
    `text is ${show(text)}, expected a string. For the bytes of a file, use Corpus.fromBytes(await file.arrayBuffer())`,
  )

const badFile = (what: string, advice = 'Was the file damaged, or written by something else?') =>
  new SluiceError('bad-file', `${what}. ${advice}`)

const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff

/** Visits every code point with its position counted in code points. */
function eachCodePoint(text: string, visit: (point: number, position: number) => void): void {
  let position = 0
  for (let i = 0; i < text.length; i++, position++) {
    const point = text.codePointAt(i)!
    if (isSurrogate(point)) {
      throw new SluiceError(
        'bad-text',
        `character ${position} of the text (counted from 0) is ${nameCharacter(point)}, half of a surrogate pair. ` +
          "Was the text cut in the middle of a character? Cut it with [...text].slice(…).join(''), " +
          'or put U+FFFD in its place with text.toWellFormed()',
      )
    }
    if (point > 0xffff) i++
    visit(point, position)
  }
}

/** @throws SluiceError `bad-value` for what is no vocabulary; `advice`: how to have one. */
export function checkVocabulary(vocabulary: unknown, advice = 'such as Corpus.fromText(text).vocabulary'): asserts vocabulary is Vocabulary {
  checkOwn('vocabulary', vocabulary, Vocabulary, `a Vocabulary ${advice}`)
}
