// A list of characters with their probabilities as bars, the most likely first.
import { probability } from './format'
import './guesses.css'
import { strings } from '../page/language'

export interface Guess {
  readonly character: string
  readonly probability: number
}

const words = strings({ space: 'space', newline: 'new line', tab: 'tab' }, { space: '空格', newline: '换行', tab: '制表符' })

/** The name of a character, so that white space can be seen and read aloud. */
export function nameOf(character: string): string {
  const { space, newline, tab } = words.value
  return { ' ': space, '\n': newline, '\t': tab }[character] ?? character
}

/** @param chosen the character to mark in the list */
export function Guesses({ guesses, chosen }: { guesses: readonly Guess[]; chosen?: string }) {
  return (
    <ol class="guesses">
      {guesses.map(({ character, probability: p }) => (
        <li key={character} class={character === chosen ? 'chosen' : undefined}>
          <span class={character.trim() ? 'guess-character' : 'guess-character named'} dir="auto">
            {nameOf(character)}
          </span>
          <span class="guess-bar" aria-hidden="true">
            <span style={{ width: `${p * 100}%` }} />
          </span>
          <span class="guess-probability">{probability(p)}</span>
        </li>
      ))}
    </ol>
  )
}
