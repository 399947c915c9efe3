// Reading a text without training on it: how long it is, and whether it is one.
import { Corpus } from 'sluice'

export interface TextFacts {
  readonly characters: number
  readonly distinct: number
}

export const corpusHandlers = {
  async countText({ text }: { text: string }): Promise<TextFacts> {
    return factsOf(Corpus.fromText(text))
  },

  /** The text of a file, read strictly. */
  async readText({ name, bytes }: { name: string; bytes: ArrayBuffer }): Promise<TextFacts & { text: string }> {
    return { ...factsOf(Corpus.fromBytes(bytes, name)), text: new TextDecoder().decode(bytes) }
  },
}

const factsOf = ({ training, heldOut, vocabulary }: Corpus): TextFacts => ({ characters: training.length + heldOut.length, distinct: vocabulary.size })
