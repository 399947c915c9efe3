// Settings of a view's own, kept in the page's address under the view's name (`race.rate=0.01`), so that a link keeps them.
import { effect, signal, type ReadonlySignal } from '@preact/signals'

type Plain<Values> = { readonly [Name in keyof Values]: number | string | boolean }

export interface Kept<Values> {
  readonly settings: ReadonlySignal<Values>
  set<Name extends keyof Values>(name: Name, value: Values[Name]): void
  assign(some: Partial<Values>): void
}

/** @param choices the words that a setting may be; what the address says beyond them is ignored. A number that is missing
 * is Infinity, one that is misspelt NaN: the library says what is wrong with it. */
export function kept<Values extends Plain<Values>>(view: string, defaults: Values, choices: { readonly [Name in keyof Values]?: readonly Values[Name][] } = {}): Kept<Values> {
  const names = Object.keys(defaults) as (keyof Values & string)[]
  const given = new URLSearchParams(location.search)
  const read = (name: keyof Values & string): Values[keyof Values] => {
    const word = given.get(`${view}.${name}`)
    const standard = defaults[name]
    if (word === null) return standard
    const value = typeof standard === 'number' ? (word === '' ? Infinity : Number(word)) : typeof standard === 'boolean' ? word === 'true' : word
    const known = choices[name]
    return !known || known.includes(value as Values[typeof name]) ? (value as Values[typeof name]) : standard
  }
  const settings = signal(Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Values)
  const assign = (some: Partial<Values>) => {
    if (Object.entries(some).some(([name, value]) => !Object.is(settings.value[name as keyof Values], value))) settings.value = { ...settings.value, ...some }
  }
  effect(() => {
    const address = new URL(location.href)
    for (const name of names) {
      const value = settings.value[name]
      if (Object.is(value, defaults[name])) address.searchParams.delete(`${view}.${name}`)
      else address.searchParams.set(`${view}.${name}`, value === Infinity ? '' : String(value))
    }
    if (address.href !== location.href) history.replaceState(history.state, '', address)
  })
  return { settings, assign, set: (name, value) => assign({ [name]: value } as unknown as Partial<Values>) }
}
