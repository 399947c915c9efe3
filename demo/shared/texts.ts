// The built-in texts, the sources of a text, and the opening of samples.
import chineseAddress from '../corpora/chinese.txt?url'
import englishAddress from '../corpora/english.txt?url'

export const builtIn = {
  english: { name: 'The Keeper of the Lower Lock', opening: 'The river', address: englishAddress },
  chinese: { name: '望春闸', opening: '青河', address: chineseAddress },
} as const

export type BuiltIn = keyof typeof builtIn
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

/** The grapheme clusters of a text: no cut within an emoji, or between a letter and its marks. Code points if the browser has no
 * segmenter. */
export function graphemesIn(text: string): string[] {
  if (!('Segmenter' in Intl)) return [...text]
  return Array.from(new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
}

/** The first words of a text, as an opening for samples. */
export function openingOf(content: string): string {
  const [line = ''] = content.trimStart().slice(0, 1000).split(/\r?\n/, 1)
  const words = graphemesIn(line).slice(0, 12).join('')
  const start = words.includes(' ') ? words.slice(0, words.lastIndexOf(' ')) : graphemesIn(words).slice(0, 4).join('')
  return start || graphemesIn(content.slice(0, 64)).slice(0, 1).join('')
}
