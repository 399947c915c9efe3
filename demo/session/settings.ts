// What a run is set to, and the same as parameters of the page's address, so that a link reproduces the run.
import { signal } from '@preact/signals'
import { ofBrowser } from '../page/language'
import { keepInAddress, parameters } from '../page/address'
import { builtIn, type BuiltIn } from '../shared/texts'
import { defaults, misreadIn, settingsIn, trainDefaults, type Name, type Settings } from '../shared/train/settings'

/** Every setting and how the network writes, one signal. */
export const settings = signal(settingsIn(parameters))

/** What the address said that no setting can be. */
export const misread = misreadIn(parameters)

/** What the samples begin with; empty where the text is to give it. */
export const prefix = signal(parameters.get('prefix') ?? '')

/** Whether the address said this, or anything of a training, when the page was opened. */
export const isGiven = (name?: string): boolean =>
  name === undefined ? [...Object.keys(trainDefaults), 'prefix', 'corpus', 'text'].some((any) => parameters.has(any)) : parameters.has(name)

/** Sets all that a training depends on. */
export function replaceSettings(training: Settings): void {
  settings.value = { ...settings.value, ...training }
}

export function set<Key extends Name>(name: Key, value: (typeof defaults)[Key]): void {
  if (!Object.is(settings.value[name], value)) settings.value = { ...settings.value, [name]: value }
}

/** The text to begin with: in the person's own language, unless the address says anything of a run. */
const own: BuiltIn = ofBrowser() === 'zh' ? 'chinese' : 'english'
const isBuiltIn = (word: string | null): word is BuiltIn => word !== null && Object.hasOwn(builtIn, word)
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
