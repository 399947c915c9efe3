// The texts that come with Sluice, where a text may come from, and what samples begin with.
import chineseAddress from '../corpora/chinese.txt?url'
import englishAddress from '../corpora/english.txt?url'

export const builtIn = {
  english: { name: 'The Keeper of the Lower Lock', opening: 'The river', address: englishAddress },
  chinese: { name: '望春闸', opening: '青河', address: chineseAddress },
} as const

export type BuiltIn = keyof typeof builtIn
export type Source = BuiltIn | 'paste' | 'file'

export interface TextFacts {
  readonly characters: number
  readonly distinct: number
}

/** The first words of a text. */
export function openingOf(content: string): string {
  const [line = ''] = content.trimStart().split('\n', 1)
  const words = [...line.slice(0, 24)].slice(0, 12).join('')
  const start = words.includes(' ') ? words.slice(0, words.lastIndexOf(' ')) : [...words].slice(0, 4).join('')
  return start || [...content.slice(0, 2)].slice(0, 1).join('')
}
