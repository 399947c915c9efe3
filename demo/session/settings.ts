// What a run is set to, its defaults, and the same as parameters of the page's address, so that a link reproduces the run.
import type { CellName } from 'sluice'
import { signal } from '@preact/signals'
import { ofBrowser } from '../shell/language'
import { keepInAddress, parameters } from './address'

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
  temperature: 0.8,
  topK: 0,
  length: 240,
}

/** The words that a setting may be; what the address says beyond them is ignored. */
export const choices = {
  cell: ['rnn', 'rnn-relu', 'gru', 'gru-reset-after', 'lstm'],
  optimizer: ['adam', 'rmsprop', 'momentum', 'sgd'],
  partition: ['sequential', 'random'],
} as const satisfies { [Name in keyof Settings]?: readonly Settings[Name][] }

export type Name = keyof typeof defaults

function read<Key extends Name>(name: Key): (typeof defaults)[Key] {
  const given = parameters.get(name)
  const standard = defaults[name]
  if (given === null) return standard
  if (typeof standard === 'number') return (given === '' ? Infinity : Number(given)) as typeof standard
  const known: readonly string[] = choices[name as keyof typeof choices]
  return (known.includes(given) ? given : standard) as typeof standard
}

/** Every setting and how the network writes, one signal. */
export const settings = signal(Object.fromEntries(Object.keys(defaults).map((name) => [name, read(name as Name)])) as unknown as Settings & Sampling)
// Epochs are given in place of steps.
if (parameters.has('epochs') && !parameters.has('iterations')) set('iterations', Infinity)

/** What the samples begin with; empty where the text is to give it. */
export const prefix = signal(parameters.get('prefix') ?? '')

export const samplingOf = ({ temperature, topK, length }: Sampling): Sampling => ({ temperature, topK, length })

export const trainingOf = ({ temperature: _, topK: __, length: ___, ...training }: Settings & Sampling): Settings => training

/** Whether the address said this, or anything of a training, when the page was opened. */
export const isGiven = (name?: string): boolean =>
  name === undefined ? [...Object.keys(trainingOf(defaults)), 'prefix', 'corpus', 'text'].some((any) => parameters.has(any)) : parameters.has(name)

/** Sets all that a training depends on. */
export function replaceSettings(training: Settings): void {
  settings.value = { ...settings.value, ...training }
}

export function set<Key extends Name>(name: Key, value: (typeof defaults)[Key]): void {
  if (!Object.is(settings.value[name], value)) settings.value = { ...settings.value, [name]: value }
}

type BuiltIn = 'english' | 'chinese'
/** The text to begin with: in the person's own language, unless the address says anything of a run. */
const own: BuiltIn = ofBrowser() === 'zh' ? 'chinese' : 'english'
const isBuiltIn = (word: string | null): word is BuiltIn => word === 'english' || word === 'chinese'
const asked = parameters.get('corpus')

/** The built-in text in use; null for one of the person's own, which no address can hold. */
export const corpus = signal<BuiltIn | null>(isBuiltIn(asked) ? asked : isGiven() ? 'english' : own)

/** The text that the server of `npm start` hands out, as the address names it; null once another one was chosen. */
export const given = signal(parameters.get('text'))

// What differs from the defaults.
keepInAddress(() => {
  const word = (value: number | string) => (value === Infinity ? '' : String(value))
  const differs = (value: number | string, standard: number | string) => (Object.is(value, standard) ? null : word(value))
  return {
    ...Object.fromEntries((Object.keys(defaults) as Name[]).map((name) => [name, differs(settings.value[name], defaults[name])])),
    prefix: differs(prefix.value, ''),
    // English goes without saying where it would be the first anyway.
    corpus: corpus.value === 'english' && own === 'english' ? null : corpus.value,
    text: given.value,
  }
})
