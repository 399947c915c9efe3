// Reads texts and counts their characters, without training.
import { Corpus, decodeText, guessEncodings, SluiceError, type EncodingGuess } from 'sluice'
import type { Count, TextFacts } from '../shared/texts'
import type { Symbols } from '../shared/train/settings'

export const textHandlers = {
  /** Counts the characters of a text; with `symbols: 'graphemes'` its grapheme clusters too. */
  async countText({ text, symbols }: { text: string; symbols: Symbols }): Promise<TextFacts> {
    return { characters: countOf(Corpus.fromText(text)), graphemes: symbols === 'graphemes' ? countOf(Corpus.fromText(text, { symbols })) : null }
  },

  /** The text of a file, decoded strictly. If it is not UTF-8 and no encoding is given: the likely encodings. */
  async readText({ name, bytes, encoding }: { name: string; bytes: ArrayBuffer; encoding?: string }): Promise<{ text: string } | { guesses: EncodingGuess[] }> {
    try {
      const text = decodeText(bytes, name, encoding)
      Corpus.fromText(text) // throws if the text cannot be trained on
      return { text }
    } catch (error) {
      const guesses = encoding === undefined && error instanceof SluiceError && error.code === 'bad-text' ? guessEncodings(bytes) : []
      if (guesses.length === 0 || guesses[0]!.encoding === 'utf-8') throw error
      return { guesses }
    }
  },
}

const countOf = ({ training, heldOut, vocabulary }: Corpus): Count => ({ count: training.length + heldOut.length, distinct: vocabulary.size })
