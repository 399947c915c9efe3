// The languages of the page. A view's strings are a table in English and the same table in Chinese: a key that is missing,
// or one too many, does not compile. Changing the language redraws what reads a table, and nothing else happens.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { keepInAddress, parameters } from './address'

export type Language = 'en' | 'zh'
export const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>

const isLanguage = (word: string | null): word is Language => word === 'en' || word === 'zh'

const asked = parameters.get('lang')
/** The first of the person's languages that the page has, whichever is chosen in the page. */
export const ofBrowser = (): Language => (navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en')

/** The language that was chosen, which the address says, so that a link keeps it; null before. */
const chosen = signal(isLanguage(asked) ? asked : null)
keepInAddress(() => ({ lang: chosen.value }))

export const language = computed<Language>(() => chosen.value ?? ofBrowser())

export const speak = (said: Language) => (chosen.value = said)

export function strings<Table>(en: Table, zh: NoInfer<Table>): ReadonlySignal<Table> {
  return computed(() => (language.value === 'zh' ? zh : en))
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-Hans' : 'en'
})
