// A text made ready for training: its vocabulary, and its ids in a part to learn from and a part held out.
import { checkBytes } from '../bytes'
import { checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkOwn, opaque } from '../opaque'
import { checkText, checkVocabulary, Vocabulary } from './vocabulary'

export interface CorpusOptions {
  /** Share of the characters held out for evaluation, in [0, 0.9], default 0.1. The count is rounded down. */
  readonly heldOut?: number
  /** Encode with this vocabulary, a saved model's for instance, instead of the text's own. */
  readonly vocabulary?: Vocabulary
}

const names = { heldOut: true, vocabulary: true } satisfies Known<CorpusOptions>

export class Corpus {
  private constructor(
    readonly vocabulary: Vocabulary,
    /** Ids to learn from: the text up to the held-out part. */
    readonly training: Uint32Array,
    /** Ids held out: the END of the text, in one piece, since what follows a passage is the fair test of having read
     * it. May be empty. */
    readonly heldOut: Uint32Array,
  ) {
    opaque(this, Corpus)
  }

  get [Symbol.toStringTag](): string {
    return 'Corpus'
  }

  /** A corpus from a text. The vocabulary is made from the WHOLE text, held-out part included, so every held-out
   * character has an id and the loss there is finite; that tells the model which characters there are, nothing more.
   * A text of one distinct character is allowed (V = 1, its loss is 0).
   * @throws SluiceError `bad-value` where text is not a string or heldOut is outside [0, 0.9]; `bad-text` where the
   * text is empty or not well-formed; `unknown-character` where a given vocabulary lacks one of its characters. */
  static fromText(text: string, options: CorpusOptions = {}): Corpus {
    const { heldOut = 0.1, vocabulary } = checkOptions('options', options, '{ heldOut: 0.1 }', names)
    checkNumber('heldOut', heldOut, { min: 0, max: 0.9 })
    checkText(text)
    if (vocabulary !== undefined) checkVocabulary(vocabulary, 'such as Vocabulary.fromJSON makes of a saved one')
    const used = vocabulary ?? Vocabulary.fromText(text)
    const ids = used.encode(text)
    const split = ids.length - Math.floor(ids.length * heldOut)
    return new Corpus(used, ids.subarray(0, split), ids.subarray(split))
  }

  /** A corpus from the bytes of a file in UTF-8, read strictly; a byte-order mark at the start is dropped.
   * @param name what to call the file in messages
   * @throws SluiceError `bad-text` where a byte is not UTF-8, with its offset; `bad-value` where bytes are not bytes;
   * `too-large` where the text is longer than a string can be; and as `fromText`. */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, name = 'the file', options: CorpusOptions = {}): Corpus {
    if (typeof name !== 'string') throw new SluiceError('bad-value', `name is ${show(name)}, expected a string, what to call the file in messages`)
    return Corpus.fromText(decodeUtf8(bytes, name), options)
  }
}

/** @throws SluiceError `bad-value` for what is no corpus. */
export function checkCorpus(corpus: unknown): asserts corpus is Corpus {
  checkOwn('corpus', corpus, Corpus, 'a Corpus such as Corpus.fromText(text)')
}

function decodeUtf8(input: Uint8Array | ArrayBuffer, name: string): string {
  const bytes = checkBytes('bytes', input, '; for a string, use Corpus.fromText')
  if (bytes.length === 0) throw new SluiceError('bad-text', `${name} is empty, expected at least one character`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const offset = firstBadByte(bytes)
    if (offset < 0) {
      const came = `${name} has ${bytes.length} bytes, more than one string can hold`
      throw new SluiceError('too-large', `${came}. Use a part of it`, { cause })
    }
    const byte = `0x${bytes[offset]!.toString(16).padStart(2, '0')}`
    const [a, b] = bytes
    const utf16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
    const guess = utf16 ? 'It looks like UTF-16' : 'It may be in an older encoding, such as Windows-1252, or not a text'
    throw new SluiceError(
      'bad-text',
      `${name} is not UTF-8: the byte at offset ${offset} is ${byte}, which does not begin a character. ` +
        `${guess}. Open it in a text editor and save it as UTF-8`,
      { cause },
    )
  }
}

/** Offset of the first byte that does not begin a well-formed character, or -1. TextDecoder refuses without saying
 * where. The ranges are those of the Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences". */
export function firstBadByte(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]!
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1
    if (more < 0 || i + more >= bytes.length) return i
    // After four leads the second byte has a narrower range: no overlong form, no surrogate, none above U+10FFFF.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (more > 0 && !(bytes[i + 1]! >= low && bytes[i + 1]! <= high)) return i
    for (let k = 2; k <= more; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return i
    i += 1 + more
  }
  return -1
}
