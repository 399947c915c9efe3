// What a network thinks comes here: characters and their probabilities, the likeliest first, as a list with bars.
import { probability } from './format'
import './guesses.css'
import { strings } from '../page/language'

export interface Guess {
  readonly character: string
  readonly probability: number
}

const words = strings({ space: 'space', newline: 'new line', tab: 'tab' }, { space: '空格', newline: '换行', tab: '制表符' })

/** A character so that one can see it, and hear it read. */
export function nameOf(character: string): string {
  const { space, newline, tab } = words.value
  return { ' ': space, '\n': newline, '\t': tab }[character] ?? character
}

/** @param chosen the character that stands there, marked in the list. */
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
