// A text prepared for training: its vocabulary, the ids to train on, and the held-out ids.
import { checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkInstance, guardMethods } from '../proxy-guard'
import { checkText, checkVocabulary, Vocabulary, type Symbols } from './vocabulary'

/** How a text becomes a corpus. */
export interface CorpusOptions {
  /** Fraction of the characters held out for evaluation, in [0, 0.9]. Default 0.1. The count is rounded down. */
  readonly heldOut?: number
  /** The vocabulary to encode with, of a saved model for instance. Default: the characters of the text. */
  readonly vocabulary?: Vocabulary
  /** The symbols of the vocabulary of the text: see `VocabularyOptions`. Default 'characters'. */
  readonly symbols?: Symbols
}

const names = { heldOut: true, vocabulary: true, symbols: true } satisfies Known<CorpusOptions>

/** A text prepared for training: its vocabulary, the ids to train on, and the held-out ids. */
export class Corpus {
  private constructor(
    readonly vocabulary: Vocabulary,
    /** Ids to train on: the text before the held-out end. */
    readonly training: Uint32Array,
    /** Held-out ids: the END of the text, in one piece. May be empty. */
    readonly heldOut: Uint32Array,
  ) {
    guardMethods(this, Corpus)
  }

  get [Symbol.toStringTag](): string {
    return 'Corpus'
  }

  /** A corpus from a text; of the bytes of a file, `decodeText` makes one. The vocabulary has the characters of the WHOLE text, including its held-out end, so every held-out character has
   * an id and a finite loss. A text of one distinct character is allowed (V = 1, its loss is 0).
   * @throws SluiceError `bad-value` for a text that is not a string, or heldOut outside [0, 0.9]; `bad-text` for a text that is empty or not
   * well-formed; `unknown-character` for a character that is not in the option `vocabulary`. */
  static fromText(text: string, options: CorpusOptions = {}): Corpus {
    const { heldOut = 0.1, vocabulary, symbols } = checkOptions('options', options, '{ heldOut: 0.1 }', names)
    checkNumber('heldOut', heldOut, { min: 0, max: 0.9 })
    checkText(text)
    if (vocabulary !== undefined) checkVocabulary(vocabulary, 'such as the vocabulary of a saved model')
    if (vocabulary !== undefined && symbols !== undefined && symbols !== vocabulary.symbols)
      throw new SluiceError(
        'bad-value',
        `symbols is ${show(symbols)}, but the symbols of the vocabulary are ${vocabulary.symbols}. Leave one of the two options out`,
      )
    const used = vocabulary ?? Vocabulary.fromText(text, { ...(symbols !== undefined && { symbols }) })
    const ids = used.encode(text)
    const split = ids.length - Math.floor(ids.length * heldOut)
    return new Corpus(used, ids.subarray(0, split), ids.subarray(split))
  }
}

/** @throws SluiceError `bad-value` for anything but a corpus. */
export function checkCorpus(corpus: unknown): asserts corpus is Corpus {
  checkInstance('corpus', corpus, Corpus, 'a Corpus such as Corpus.fromText(text)')
}
