// The languages of the page. A view's strings are a table in English and one in Chinese with the same keys, or it does not compile.
// A change of the language redraws what reads a table.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { keepInAddress, parameters } from './address'

export type Language = 'en' | 'zh'
export const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>

const isLanguage = (word: string | null): word is Language => word === 'en' || word === 'zh'

const asked = parameters.get('lang')
/** The first of the browser's languages that the page has. */
export const ofBrowser = (): Language => (navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en')

/** The language chosen in the page; null if none is. The address has it, so that a link does too. */
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
