// The texts that come with Sluice, where a text may come from, and what samples begin with.
import chineseAddress from '../corpora/chinese.txt?url'
import englishAddress from '../corpora/english.txt?url'

export const builtIn = {
  english: { name: 'The Keeper of the Lower Lock', opening: 'The river', address: englishAddress },
  chinese: { name: '望春闸', opening: '青河', address: chineseAddress },
} as const

export type BuiltIn = keyof typeof builtIn
export type Source = BuiltIn | 'paste' | 'file'

/** How long a text is, and how many different ones there are. */
export interface Count {
  readonly count: number
  readonly distinct: number
}

export interface TextFacts {
  readonly characters: Count
  /** null unless asked for. */
  readonly graphemes: Count | null
}

/** A text cut where a person sees one character end: never within an emoji, or between a letter and its marks. By code points where
 * the browser cannot tell. */
export function graphemesIn(text: string): string[] {
  if (!('Segmenter' in Intl)) return [...text]
  return Array.from(new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
}

/** The first words of a text. */
export function openingOf(content: string): string {
  const [line = ''] = content.trimStart().slice(0, 1000).split(/\r?\n/, 1)
  const words = graphemesIn(line).slice(0, 12).join('')
  const start = words.includes(' ') ? words.slice(0, words.lastIndexOf(' ')) : graphemesIn(words).slice(0, 4).join('')
  return start || graphemesIn(content.slice(0, 64)).slice(0, 1).join('')
}
