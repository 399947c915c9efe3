// The settings of a run. They are parameters of the page's address too, so that a link reproduces the run.
import { signal } from '@preact/signals'
import { language, type Language } from '../page/language'
import { keepInAddress, parameters } from '../page/address'
import { isBuiltIn, type BuiltIn, type Story } from '../shared/texts'
import { defaults, misreadIn, settingsIn, trainDefaults, usualSchedule, type Name, type Settings } from '../shared/train/settings'

/** All settings, with those of the sampling. */
export const settings = signal(settingsIn(parameters))

/** Parameters of the address that are not valid choices. */
export const misread = misreadIn(parameters)

/** The opening of the samples; empty for the first words of the text. */
export const prefix = signal(parameters.get('prefix') ?? '')

/** Whether the address, as it was opened, had this parameter, or any parameter of a training. */
export const isGiven = (name?: string): boolean =>
  name === undefined ? [...Object.keys(trainDefaults), 'prefix', 'corpus', 'text'].some((any) => parameters.has(any)) : parameters.has(name)

/** Replaces the settings of the training. */
export function replaceSettings(training: Settings): void {
  settings.value = { ...settings.value, ...training }
}

export function set<Key extends Name>(name: Key, value: (typeof defaults)[Key]): void {
  if (!Object.is(settings.value[name], value)) settings.value = { ...settings.value, [name]: value }
}

/** The first text is in the language of the page, unless the address has parameters of a training. */
export const ownText = (spoken: Language): Story => (spoken === 'zh' ? 'chinese' : 'english')
const requested = parameters.get('corpus')

/** The built-in text in use; null for the person's own text, which is not part of the address. */
export const corpus = signal<BuiltIn | null>(isBuiltIn(requested) ? requested : isGiven() ? 'english' : ownText(language.peek()))

/** The address of the text that the server of `npm start` provides; null once another text is chosen. */
export const textAddress = signal(parameters.get('text'))

// The address has what differs from the defaults.
keepInAddress(() => {
  const word = (value: number | string) => (value === Infinity ? '' : String(value))
  const differs = (value: number | string, standard: number | string) => (Object.is(value, standard) ? null : word(value))
  return {
    ...Object.fromEntries((Object.keys(defaults) as Name[]).map((name) => [name, differs(settings.value[name], defaults[name])])),
    schedule: differs(
      settings.value.schedule,
      usualSchedule((name) => !Object.is(settings.value[name], defaults[name])),
    ),
    prefix: differs(prefix.value, ''),
    // English is left out if it is the first text anyway.
    corpus: corpus.value === 'english' && language.value === 'en' ? null : corpus.value,
    text: textAddress.value,
  }
})
