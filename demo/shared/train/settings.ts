// What a training is set to, its defaults, and how the page's address says it. `npm start` reads the same without a page.
import { cellNames, type CellName, type VocabularyOptions } from 'sluice'

/** What of a text has an id each. */
export type Symbols = NonNullable<VocabularyOptions['symbols']>

export type OptimizerName = 'adam' | 'rmsprop' | 'momentum' | 'sgd'

/** As the fields of the form give them. A number that is missing or misspelt is NaN: the library says what is wrong
 * with it better than the page could. */
export interface Settings {
  readonly cell: CellName
  readonly hidden: number
  readonly layers: number
  readonly batch: number
  /** Characters that the gradient goes back through. */
  readonly steps: number
  /** Times through the text; Infinity for no such limit. */
  readonly epochs: number
  /** Training steps; Infinity for no such limit. Whichever comes first ends the training. */
  readonly iterations: number
  readonly optimizer: OptimizerName
  readonly rate: number
  /** Infinity for none. */
  readonly clipNorm: number
  readonly partition: 'sequential' | 'random'
  readonly seed: number
  readonly symbols: Symbols
}

/** How the network writes; may change while it learns. */
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
  rate: 0.004,
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

/** The words that a setting may be; what the address says beyond them is ignored. */
export const choices = {
  cell: cellNames,
  optimizer: ['adam', 'rmsprop', 'momentum', 'sgd'],
  partition: ['sequential', 'random'],
  symbols: ['characters', 'graphemes'],
} as const satisfies { [Name in keyof Settings]?: readonly Settings[Name][] }

export type Name = keyof typeof defaults

/** Layers beyond which a network takes so long that it is said. */
export const manyLayers = 32

/** The words of an address that are none of the choices, as name=word: a default stands in their place. */
export const misreadIn = (address: URLSearchParams): string[] =>
  Object.entries(choices).flatMap(([name, known]) => {
    const given = address.get(name)
    return given === null || (known as readonly string[]).includes(given) ? [] : [`${name}=${given}`]
  })

/** The settings that an address says, the defaults for the others. Epochs are given in place of steps. */
export function settingsIn(address: URLSearchParams): Settings & Sampling {
  const read = (name: Name) => {
    const given = address.get(name)
    const standard = defaults[name]
    if (given === null) return name === 'iterations' && address.has('epochs') ? Infinity : standard
    if (typeof standard === 'number') return given === '' ? Infinity : Number(given)
    const known: readonly string[] = choices[name as keyof typeof choices]
    return known.includes(given) ? given : standard
  }
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, read(name as Name)])) as unknown as Settings & Sampling
}
