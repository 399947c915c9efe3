// Reading a text without training on it: how long it is, and whether it is one.
import { Corpus, decodeText, guessEncodings, SluiceError, type EncodingGuess } from 'sluice'
import type { Count, TextFacts } from '../shared/texts'
import type { Symbols } from '../shared/train/settings'

export const textHandlers = {
  /** Counts the characters of a text, and if asked for its grapheme clusters too. */
  async countText({ text, symbols }: { text: string; symbols: Symbols }): Promise<TextFacts> {
    return { characters: countOf(Corpus.fromText(text)), graphemes: symbols === 'graphemes' ? countOf(Corpus.fromText(text, { symbols })) : null }
  },

  /** The text of a file, read strictly; or what encodings it may be in, where it is not UTF-8 and none was given. */
  async readText({ name, bytes, encoding }: { name: string; bytes: ArrayBuffer; encoding?: string }): Promise<{ text: string } | { guesses: EncodingGuess[] }> {
    try {
      const text = decodeText(bytes, name, encoding)
      Corpus.fromText(text) // refuses what is no text to learn from
      return { text }
    } catch (error) {
      const guesses = encoding === undefined && error instanceof SluiceError && error.code === 'bad-text' ? guessEncodings(bytes) : []
      if (guesses.length === 0 || guesses[0]!.encoding === 'utf-8') throw error
      return { guesses }
    }
  },
}

const countOf = ({ training, heldOut, vocabulary }: Corpus): Count => ({ count: training.length + heldOut.length, distinct: vocabulary.size })
