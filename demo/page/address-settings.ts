// The settings of a view. They are parameters of the page's address under the view's name (`race.rate=0.01`), so that a link has them.
import { signal, type ReadonlySignal } from '@preact/signals'
import { keepInAddress, parameters } from './address'

export type Plain<Values> = { readonly [Name in keyof Values]: number | string | boolean }

export interface AddressSettings<Values> {
  readonly settings: ReadonlySignal<Values>
  set<Name extends keyof Values>(name: Name, value: Values[Name]): void
  assign(some: Partial<Values>): void
  /** Whether the address, as it was opened, had any of them. */
  isGiven(): boolean
}

/** @param choices the valid words of a setting; others in the address are ignored. An empty number is Infinity, a misspelt one NaN;
 * the library's error says what is wrong with it. */
export function addressSettings<Values extends Plain<Values>>(
  view: string,
  defaults: Values,
  choices: { readonly [Name in keyof Values]?: readonly Values[Name][] } = {},
): AddressSettings<Values> {
  const names = Object.keys(defaults) as (keyof Values & string)[]
  const read = (name: keyof Values & string): Values[keyof Values] => {
    const word = parameters.get(`${view}.${name}`)
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
  keepInAddress(() =>
    Object.fromEntries(
      names.map((name) => {
        const value = settings.value[name]
        return [`${view}.${name}`, Object.is(value, defaults[name]) ? null : value === Infinity ? '' : String(value)]
      }),
    ),
  )
  return {
    settings,
    assign,
    isGiven: () => names.some((name) => parameters.has(`${view}.${name}`)),
    set: (name, value) => assign({ [name]: value } as unknown as Partial<Values>),
  }
}
