// The state of Blanks: the run, the passage and its hidden characters, the guesses, and the score.
import { computed, effect, signal } from '@preact/signals'
import type { CellName } from 'sluice'
import { call, failureOf, stream } from '../../client/client'
import { addressSettings } from '../../page/address-settings'
import { runner } from '../../session/runner'
import { loadText, text } from '../../session/text'
import type { Failure } from '../../shared/protocol'
import type { BlankRecording, Recording } from '../../recordings/file'
import { advance, type BlankGuess, type BlankEvent, type BlankSettings, type Learning, type Of, type Side } from '../../shared/blank/record'

export const cells = ['rnn', 'gru', 'lstm'] as const satisfies readonly CellName[]
const keptSettings = addressSettings<BlankSettings>('blank', { cell: 'lstm', hidden: 48, seed: 0, iterations: 800 }, { cell: cells })
export const { settings, set } = keptSettings

/** Characters of the text to train on, so that a minute is enough. */
const trainedLength = 60_000
/** Characters of a passage: at least, and about. */
const [minPassage, passageLength] = [80, 130]

export const learning = signal<Learning | null>(null)
/** The name of the text that the run learns. */
export const learnedText = signal('')

const trainedPart = (content: string) => content.slice(0, trainedLength)

export const runs = runner<BlankSettings, BlankEvent, Learning>({
  key: 'blank',
  settings: keptSettings,
  reads: () => 'text',
  crop: trainedPart,
  follow: (start, signal) => stream('learnBlanks', start, signal),
  apply(event, config) {
    learnedText.value = config.textName
    if (event.kind === 'started') guesses.value = null
    learning.value = advance(learning.value, event)
    if (event.kind !== 'evaluation') return
    if (runs.recording.peek()) showRecorded(event.guesses ?? null)
    else void ask()
  },
  show(data, config) {
    learnedText.value = config?.textName ?? ''
    learning.value = data
    guesses.value = null
    if (data) void ask()
  },
})

/** The passage: from the held-out text, or typed. */
export const passage = signal<readonly string[]>([])
export const hidden = signal<ReadonlySet<number>>(new Set())
/** The character that is pointed at. */
export const at = signal<number | null>(null)
export const fraction = signal(0.15)
export const failure = signal<Failure | null>(null)

interface Guesses {
  readonly characters: readonly string[]
  readonly bySide: Of<readonly BlankGuess[]>
}
export const guesses = signal<Guesses | null>(null)

export const isRight = ({ position, guesses }: BlankGuess, characters: readonly string[]) => guesses[0]!.character === characters[position]
const scoreOf = ({ bySide, characters }: Guesses): Score => {
  const right = (side: Side) => bySide[side].filter((one) => isRight(one, characters)).length
  return { both: right('both'), before: right('before'), of: bySide.both.length }
}

export type Score = Of<number> & { readonly of: number }
/** The score of earlier passages. */
const earlier = signal<Score>({ both: 0, before: 0, of: 0 })
export const score = computed<Score>(() => (guesses.value ? scoreOf(guesses.value) : { both: 0, before: 0, of: 0 }))
export const total = computed<Score>(() => ({
  both: earlier.value.both + score.value.both,
  before: earlier.value.before + score.value.before,
  of: earlier.value.of + score.value.of,
}))
export const resetScore = () => (earlier.value = { both: -score.value.both, before: -score.value.before, of: -score.value.of })

/** Replaces the passage, and adds the score of the old one to the total. */
function setPassage(characters: readonly string[]): void {
  earlier.value = total.value
  guesses.value = null
  failure.value = null
  passage.value = characters
  hidden.value = new Set()
  at.value = null
}

/** Shows the guesses of a recording, for its own passage. */
function showRecorded(bySide: Of<readonly BlankGuess[]> | null): void {
  const shown: Recording | null = runs.recording.peek()
  const { characters, hidden: positions } = (shown as BlankRecording).passage
  if (passage.peek() !== characters) {
    setPassage(characters)
    hidden.value = new Set(positions)
  }
  if (bySide) guesses.value = { characters, bySide }
}

export const typePassage = (typed: string) => setPassage([...typed].slice(0, 400))

/** Takes a passage from the held-out last tenth of the text, from the start of a sentence to the end of one. */
export async function takePassage(): Promise<void> {
  try {
    const all = [...trainedPart((await loadText()).content)]
    const heldOut = all.slice(all.length - Math.floor(all.length * 0.1))
    const from = heldOut.length >= passageLength ? heldOut : all
    const endsSentence = (character: string | undefined) => /[.!?。！？”"\n]/.test(character ?? '')
    const starts = from.flatMap((character, i) =>
      i <= from.length - passageLength &&
      !/\s/.test(character) &&
      !endsSentence(character) &&
      (i === 0 || endsSentence(from[i - 1]) || (/\s/.test(from[i - 1]!) && endsSentence(from[i - 2])))
        ? [i]
        : [],
    )
    const start = starts[Math.floor(Math.random() * starts.length)] ?? 0
    const end = from.findIndex((character, i) => i > start + minPassage && /[.!?。！？]/.test(character))
    setPassage(from.slice(start, end < 0 || end > start + 2 * passageLength ? start + passageLength : end + 1))
    hideAtRandom()
  } catch (error) {
    failure.value = failureOf(error)
  }
}

export function toggle(position: number): void {
  const next = new Set(hidden.value)
  if (!next.delete(position)) next.add(position)
  hidden.value = next
  void ask()
}

/** Hides this fraction of the passage, at least one character. Line ends stay, since they would show. */
export function hideAtRandom(): void {
  const positions = passage.value.flatMap((character, i) => (character === '\n' ? [] : [i]))
  const wanted = Math.min(positions.length, Math.max(1, Math.round(fraction.value * positions.length)))
  const next = new Set<number>()
  while (next.size < wanted) next.add(positions[Math.floor(Math.random() * positions.length)]!)
  hidden.value = next
  void ask()
}

export function showAll(): void {
  hidden.value = new Set()
  guesses.value = null
}

let asking = false
let again = false

/** Asks both networks for their guesses. */
async function ask(): Promise<void> {
  if (runs.recording.peek()) return // it has its own
  if (asking) return void (again = true)
  asking = true
  do {
    again = false
    const [characters, positions] = [passage.value, [...hidden.value].sort((a, b) => a - b)]
    try {
      const bySide = learning.value ? await call('guessBlanks', { characters, hidden: positions }) : null
      failure.value = null
      // If the blanks changed meanwhile, the next round asks again.
      if (!again) guesses.value = bySide && { characters, bySide }
    } catch (error) {
      guesses.value = null
      failure.value = failureOf(error)
    }
  } while (again)
  asking = false
}

// Another text has other passages.
let textId: unknown = null
effect(() => {
  const { id } = text.value
  if (textId !== null && textId !== id) passage.value = []
  textId = id
})
