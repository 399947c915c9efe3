// The built-in texts, the sources of a text, and the opening of samples.
import chineseAddress from '../corpora/chinese.txt?url'
import englishAddress from '../corpora/english.txt?url'

export { graphemesIn, openingOf } from '../../cli/opening.js'

export const builtIn = {
  english: { name: 'The Keeper of the Lower Lock', opening: 'The river', address: englishAddress },
  chinese: { name: '望春闸', opening: '青河', address: chineseAddress },
  /** Joined from the files of the project, in book.ts. */
  book: { name: 'The documents and kernels of Sluice', opening: 'The kernel', address: null },
} as const

export type BuiltIn = keyof typeof builtIn
export const isBuiltIn = (word: string | null): word is BuiltIn => word !== null && Object.hasOwn(builtIn, word)
/** The stories: in each language of the page the text that it starts with, which has a trained model and recordings. */
export type Story = Exclude<BuiltIn, 'book'>
export const isStory = (source: string): source is Story => isBuiltIn(source) && source !== 'book'
export type Source = BuiltIn | 'paste' | 'file'

/** The number of symbols of a text, and of distinct ones. */
export interface Count {
  readonly count: number
  readonly distinct: number
}

export interface TextFacts {
  readonly characters: Count
  /** null unless requested. */
  readonly graphemes: Count | null
}
