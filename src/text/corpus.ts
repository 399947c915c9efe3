// A text made ready for training: its vocabulary, and its ids in a part to learn from and a part held out.
import { checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkOwn, opaque } from '../opaque'
import { decodeText } from './decode'
import { checkText, checkVocabulary, Vocabulary, type Symbols } from './vocabulary'

export interface CorpusOptions {
  /** Share of the characters held out for evaluation, in [0, 0.9], default 0.1. The count is rounded down. */
  readonly heldOut?: number
  /** Encode with this vocabulary, a saved model's for instance, instead of the text's own. */
  readonly vocabulary?: Vocabulary
  /** What the text's own vocabulary is made of: see `VocabularyOptions`. Default 'characters'. */
  readonly symbols?: Symbols
}

export interface FileOptions extends CorpusOptions {
  /** What the bytes are in: any label that TextDecoder knows, such as 'gb18030'. Default 'utf-8'. A byte-order mark counts more. */
  readonly encoding?: string
}

const names = { heldOut: true, vocabulary: true, symbols: true } satisfies Known<CorpusOptions>
const fileNames = { ...names, encoding: true } satisfies Known<FileOptions>

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
    const { heldOut = 0.1, vocabulary, symbols } = checkOptions('options', options, '{ heldOut: 0.1 }', names)
    checkNumber('heldOut', heldOut, { min: 0, max: 0.9 })
    checkText(text)
    if (vocabulary !== undefined) checkVocabulary(vocabulary, 'such as Vocabulary.fromJSON makes of a saved one')
    if (vocabulary !== undefined && symbols !== undefined && symbols !== vocabulary.symbols)
      throw new SluiceError('bad-value', `symbols is ${show(symbols)}, but the vocabulary given is of ${vocabulary.symbols}. Leave one of the two out`)
    const used = vocabulary ?? Vocabulary.fromText(text, { ...(symbols !== undefined && { symbols }) })
    const ids = used.encode(text)
    const split = ids.length - Math.floor(ids.length * heldOut)
    return new Corpus(used, ids.subarray(0, split), ids.subarray(split))
  }

  /** A corpus from the bytes of a file, read strictly; a byte-order mark at the start is dropped.
   * @param name what to call the file in messages
   * @throws SluiceError `bad-text` where a byte is of no character in the encoding, with its offset, and unless an encoding was
   * given with those that the file may be in (see `guessEncodings`); `bad-value` where bytes are not bytes or the encoding is
   * not known; `too-large` where the text is longer than a string can be; and as `fromText`. */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, name = 'the file', options: FileOptions = {}): Corpus {
    const { encoding, ...rest } = checkOptions('options', options, "{ encoding: 'gb18030' }", fileNames)
    return Corpus.fromText(decodeText(bytes, name, encoding), rest)
  }
}

/** @throws SluiceError `bad-value` for what is no corpus. */
export function checkCorpus(corpus: unknown): asserts corpus is Corpus {
  checkOwn('corpus', corpus, Corpus, 'a Corpus such as Corpus.fromText(text)')
}
