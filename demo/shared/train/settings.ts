// The settings of a training, their defaults, and their parameters in the page's address. `npm start` in a terminal reads the same.
import { cellNames, type CellName, type VocabularyOptions } from 'sluice'

/** The symbols of a text that have an id each. */
export type Symbols = NonNullable<VocabularyOptions['symbols']>

/** How the learning rate changes over the training. */
export type ScheduleName = 'constant' | 'cosine' | 'exponential' | 'stepwise' | 'warmup'

export type OptimizerName = 'adam' | 'rmsprop' | 'momentum' | 'sgd'

/** The values of the form. A missing or misspelt number is NaN; the library's error says what is wrong with it. */
export interface Settings {
  readonly cell: CellName
  readonly hidden: number
  readonly layers: number
  readonly batch: number
  /** T, time steps of backpropagation. */
  readonly steps: number
  /** Infinity for no limit. */
  readonly epochs: number
  /** Training steps; Infinity for no limit. The training ends at the first of both limits. */
  readonly iterations: number
  readonly optimizer: OptimizerName
  /** The greatest learning rate. */
  readonly rate: number
  readonly schedule: ScheduleName
  /** Infinity for no clipping. */
  readonly clipNorm: number
  readonly partition: 'sequential' | 'random'
  readonly seed: number
  readonly symbols: Symbols
}

/** The settings of the samples. They may change during the training. */
export interface Sampling {
  readonly temperature: number
  readonly topK: number
  readonly length: number
}

export const defaults: Settings & Sampling = {
  cell: 'gru',
  hidden: 128,
  layers: 1,
  batch: 32,
  steps: 35,
  epochs: Infinity,
  iterations: 2000,
  optimizer: 'adam',
  rate: 0.008,
  schedule: 'cosine',
  clipNorm: 1,
  partition: 'sequential',
  seed: 0,
  symbols: 'characters',
  temperature: 0.8,
  topK: 0,
  length: 240,
}

export const samplingOf = ({ temperature, topK, length }: Sampling): Sampling => ({ temperature, topK, length })
export const trainingOf = ({ temperature: _, topK: __, length: ___, ...training }: Settings & Sampling): Settings => training
export const trainDefaults = trainingOf(defaults)

/** The choices of a setting. Other words in the address are ignored. */
export const choices = {
  cell: cellNames,
  schedule: ['cosine', 'constant', 'warmup', 'exponential', 'stepwise'],
  optimizer: ['adam', 'rmsprop', 'momentum', 'sgd'],
  partition: ['sequential', 'random'],
  symbols: ['characters', 'graphemes'],
} as const satisfies { [Name in keyof Settings]?: readonly Settings[Name][] }

export type Name = keyof typeof defaults

/** More layers take so long that the page warns. */
export const manyLayers = 32

/** The parameters of an address that are not valid choices, as name=word. The defaults are used instead. */
export const misreadIn = (address: URLSearchParams): string[] =>
  Object.entries(choices).flatMap(([name, known]) => {
    const given = address.get(name)
    return given === null || (known as readonly string[]).includes(given) ? [] : [`${name}=${given}`]
  })

/** The schedule of an address that has none. One that has a rate or epochs, but no schedule, means a constant rate: there were
 * links before there were schedules. */
export const usualSchedule = (has: (name: 'rate' | 'epochs') => boolean): ScheduleName => (has('rate') || has('epochs') ? 'constant' : defaults.schedule)

/** The settings of an address, with defaults for the others. An address with epochs has no default limit of training steps. */
export function settingsIn(address: URLSearchParams): Settings & Sampling {
  const read = (name: Name) => {
    const given = address.get(name)
    const standard = defaults[name]
    if (given === null && name === 'schedule') return usualSchedule((other) => address.has(other))
    if (given === null) return name === 'iterations' && address.has('epochs') ? Infinity : standard
    if (typeof standard === 'number') return given === '' ? Infinity : Number(given)
    const known: readonly string[] = choices[name as keyof typeof choices]
    return known.includes(given) ? given : standard
  }
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, read(name as Name)])) as unknown as Settings & Sampling
}
