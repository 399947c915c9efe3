// The languages of the page. A view's strings are a table in English and the same table in Chinese: a key that is missing,
// or one too many, does not compile. Changing the language redraws what reads a table, and nothing else happens.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'

export type Language = 'en' | 'zh'
export const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>

const isLanguage = (word: string | null): word is Language => word === 'en' || word === 'zh'

function first(): Language {
  const asked = new URLSearchParams(location.search).get('lang')
  if (isLanguage(asked)) return asked
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en'
}

export const language = signal<Language>(first())

/** Chooses a language, and says so in the address, so that a link keeps it. */
export function speak(chosen: Language): void {
  language.value = chosen
  const address = new URL(location.href)
  address.searchParams.set('lang', chosen)
  history.replaceState(history.state, '', address)
}

export function strings<Table>(en: Table, zh: NoInfer<Table>): ReadonlySignal<Table> {
  return computed(() => (language.value === 'zh' ? zh : en))
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-Hans' : 'en'
})
