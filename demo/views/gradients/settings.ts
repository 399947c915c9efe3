// The settings of the three networks, and the lessons: settings that show an effect.
import { computed } from '@preact/signals'
import { addressSettings } from '../../page/address-settings'
import { compares, defaults, taskNames, type GradientSettings } from '../../shared/gradients/settings'

export const keptSettings = addressSettings<GradientSettings>('gradients', defaults, {
  compare: compares,
  task: taskNames,
  rnn: ['rnn', 'rnn-relu'],
  optimizer: ['adam', 'sgd'],
})
export const { settings, set, assign } = keptSettings

const exploding = { task: 'adding', steps: 50, rnn: 'rnn-relu', scale: 1.25, keep: true, optimizer: 'sgd', rate: 0.01 } as const
/** Of five seeds each: clipped, all learn; not clipped, all are out at step 2 (docs/lessons.md). */
const clipping = { compare: 'clipping', task: 'copying', steps: 18, rnn: 'rnn-relu', scale: 2, keep: true, clipNorm: 1, optimizer: 'sgd', rate: 0.1 } as const
export const lessons = {
  vanish: { compare: 'cells', rnn: 'rnn', scale: 0.8, keep: true, clipNorm: 1, optimizer: 'adam', rate: 0.01 },
  explode: { ...exploding, compare: 'cells', clipNorm: Infinity },
  clip: clipping,
  gates: { compare: 'cells', rnn: 'rnn', scale: 0.8, keep: false, clipNorm: 1, optimizer: 'adam', rate: 0.01 },
} as const satisfies Record<string, Partial<GradientSettings>>

export type LessonName = keyof typeof lessons
export const lessonNames = Object.keys(lessons) as LessonName[]

/** The lesson with these settings, if there is one. */
export const lessonOf = (of: GradientSettings): LessonName | undefined =>
  lessonNames.find((name) => Object.entries(lessons[name]).every(([key, value]) => Object.is(of[key as keyof GradientSettings], value)))
export const lesson = computed(() => lessonOf(settings.value))
export const chooseLesson = (name: LessonName) => assign({ task: defaults.task, steps: defaults.steps, ...lessons[name] })
