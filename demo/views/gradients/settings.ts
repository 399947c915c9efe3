// What the three networks are set to, its defaults, and lessons that are worth a look.
import { computed } from '@preact/signals'
import { kept } from '../../session/kept'

export type TaskName = 'adding' | 'copying' | 'text'

export interface GradientSettings {
  readonly task: TaskName
  /** The plain RNN, of tanh or of relu. */
  readonly rnn: 'rnn' | 'rnn-relu'
  /** U is an orthogonal matrix, times this. */
  readonly scale: number
  /** Whether the gates begin by keeping what is there. */
  readonly keep: boolean
  /** T */
  readonly steps: number
  /** Infinity for none. */
  readonly clipNorm: number
  readonly optimizer: 'adam' | 'sgd'
  readonly rate: number
  readonly hidden: number
  readonly batch: number
  readonly iterations: number
  readonly seed: number
}

const defaults: GradientSettings = {
  task: 'adding', rnn: 'rnn', scale: 0.8, keep: true, steps: 50, clipNorm: 1, optimizer: 'adam', rate: 0.01, hidden: 32, batch: 16, iterations: 1000, seed: 1,
}

export const taskNames = ['adding', 'copying', 'text'] as const satisfies readonly TaskName[]
export const keptSettings = kept<GradientSettings>('gradients', defaults, { task: taskNames, rnn: ['rnn', 'rnn-relu'], optimizer: ['adam', 'sgd'] })
export const { settings, set, assign } = keptSettings

const exploding = { rnn: 'rnn-relu', scale: 1.25, keep: true, optimizer: 'sgd', rate: 0.01 } as const
export const lessons = {
  vanish: { rnn: 'rnn', scale: 0.8, keep: true, clipNorm: 1, optimizer: 'adam', rate: 0.01 },
  explode: { ...exploding, clipNorm: Infinity },
  clip: { ...exploding, clipNorm: 1 },
  gates: { rnn: 'rnn', scale: 0.8, keep: false, clipNorm: 1, optimizer: 'adam', rate: 0.01 },
} as const satisfies Record<string, Partial<GradientSettings>>

export type LessonName = keyof typeof lessons
export const lessonNames = Object.keys(lessons) as LessonName[]

/** The lesson that is set, if one is. */
export const lesson = computed(() =>
  lessonNames.find((name) => Object.entries(lessons[name]).every(([key, value]) => Object.is(settings.value[key as keyof GradientSettings], value))),
)
export const chooseLesson = (name: LessonName) => assign(lessons[name])
