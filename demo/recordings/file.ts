// The recordings and their files.
import type { BlankGuess, Of } from '../shared/blank/record'
import type { RunConfig } from '../shared/run-config'
import blankChinese from './blank-chinese.json?url'
import blankEnglish from './blank-english.json?url'
import gates from './gates.json?url'
import gradientsClip from './gradients-clip.json?url'
import gradientsExplode from './gradients-explode.json?url'
import gradientsVanish from './gradients-vanish.json?url'
import raceChinese from './race-chinese.json?url'
import raceEnglish from './race-english.json?url'
import trainChinese from './train-chinese.json?url'
import trainEnglish from './train-english.json?url'

export const addresses = {
  'train-english': trainEnglish,
  'train-chinese': trainChinese,
  'race-english': raceEnglish,
  'race-chinese': raceChinese,
  'blank-english': blankEnglish,
  'blank-chinese': blankChinese,
  'gradients-vanish': gradientsVanish,
  'gradients-explode': gradientsExplode,
  'gradients-clip': gradientsClip,
  gates,
} as const

export type RecordingName = keyof typeof addresses

export interface Recording<Event = { readonly kind: string }> {
  /** The name of the adapter that it was made on. */
  readonly adapter: string
  /** Without its text. */
  readonly config: RunConfig
  readonly events: readonly Event[]
}

/** The passage whose blanks the networks guess at each evaluation. */
export interface BlankRecording extends Recording {
  readonly passage: { readonly characters: readonly string[]; readonly hidden: readonly number[] }
}
export type RecordedGuesses = Of<readonly BlankGuess[]>

/** Three digits are enough to be shown. JSON has no infinities, so they are words. */
export const written = (recording: Recording): string =>
  JSON.stringify(recording, (_, value: unknown) => {
    if (value instanceof Float32Array) return { floats: Array.from(value, (one) => Number(one.toPrecision(2))) }
    if (typeof value !== 'number' || Number.isInteger(value)) return value
    return Number.isFinite(value) ? Number(value.toPrecision(3)) : String(value)
  })

export const read = <Kind extends Recording>(text: string): Kind =>
  JSON.parse(text, (_, value: unknown) => {
    if (value === 'Infinity' || value === 'NaN') return Number(value)
    if (typeof value === 'object' && value !== null && 'floats' in value) return Float32Array.from(value.floats as number[])
    return value
  }) as Kind
