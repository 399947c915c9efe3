// Walks the doors: in each call one argument, or one option of it, is another value than it should be.
import { SluiceError } from 'sluice'
import { hostile } from './hostile'
import { doors, type Bench, type Door } from './table'

export interface Case {
  readonly door: string
  /** `1.steps`: the option `steps` of argument 1. */
  readonly place: string
  readonly value: string
}

export type Outcome = { readonly kind: 'typed' | 'accepted' | 'hang' } | { readonly kind: 'untyped'; readonly error: unknown }

/** A call may take that long, on a software adapter too: whatever takes longer never ends. */
const patience = 60_000

/** Every case of every door. */
export function cases(): Case[] {
  return Object.entries(doors).flatMap(([door, { right, options = {}, skip = [] }]) => {
    const places = [...Array(argumentsOf(right)).keys()].flatMap((i) => [`${i}`, ...(options[i] ?? []).map((name) => `${i}.${name}`)])
    const misspelt = Object.keys(options).map((i) => ({ door, place: `${i}.frozen`, value: 'true' }))
    const all = [...misspelt, ...places.flatMap((place) => Object.keys(hostile).map((value) => ({ door, place, value })))]
    return all.filter(({ place, value }) => !skip.includes(place) && !skip.includes(`${place} ${value}`))
  })
}

// How many arguments a right call has does not depend on what it is made on.
const anything: unknown = new Proxy(() => anything, {
  get: (_, key) => (key === Symbol.iterator ? [][Symbol.iterator] : key === 'toJSON' ? () => ({}) : anything),
})
function argumentsOf(right: Door['right']): number {
  try {
    return right(anything as Bench).length
  } catch {
    return 3 // toPyTorch, of no parameters
  }
}

/** What comes of a call that is right. @throws whatever is wrong with it. */
export const rightly = async (on: Bench, door: string): Promise<void> => settle(await doors[door]!.call(on, ...doors[door]!.right(on)))

/** Makes a call in which these are wrong, all of one door. */
export async function wrongly(on: Bench, ...wrong: readonly [Case, ...Case[]]): Promise<Outcome> {
  const { call, right } = doors[wrong[0].door]!
  const args = right(on)
  for (const { place, value } of wrong) put(args, place.split('.'), hostile[value]!())
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Outcome>((resolve) => (timer = setTimeout(() => resolve({ kind: 'hang' }), patience)))
  const tried = (async (): Promise<Outcome> => {
    try {
      await settle(await call(on, ...args))
      return { kind: 'accepted' }
    } catch (error) {
      return isTyped(error) ? { kind: 'typed' } : { kind: 'untyped', error }
    }
  })()
  const outcome = await Promise.race([tried, late])
  clearTimeout(timer)
  return outcome
}

const isTyped = (error: unknown): boolean => error instanceof SluiceError && error.message.length < 5000

/** Puts a value in at a path, in copies of what is on the way. */
function put(into: unknown, [first, ...rest]: string[], value: unknown): void {
  const record = into as Record<string, unknown>
  if (rest.length === 0) {
    record[first!] = value
    return
  }
  const was = record[first!]
  const next = Array.isArray(was) ? [...(was as unknown[])] : typeof was === 'object' && was !== null ? { ...was } : /^\d+$/.test(rest[0]!) ? [] : {}
  put(next, rest, value)
  record[first!] = next
}

/** Takes the first of what a generator yields, and frees what was made. */
async function settle(result: unknown): Promise<void> {
  if (typeof result !== 'object' || result === null) return
  if (Symbol.asyncIterator in result) {
    const loop = result as AsyncGenerator
    await loop.next()
    await loop.return(undefined)
  } else if ('destroy' in result && typeof result.destroy === 'function' && !('adapterName' in result)) result.destroy()
}

export interface Walked {
  readonly calls: number
  readonly typed: number
  /** `Network.create 0.seed: 2^31`. */
  readonly accepted: readonly string[]
  readonly untyped: readonly string[]
  readonly hangs: readonly string[]
}

export async function walk(on: Bench, through: readonly Case[]): Promise<Walked> {
  let typed = 0
  const found = { accepted: [] as string[], untyped: [] as string[], hang: [] as string[] }
  for (const one of through) {
    const outcome = await wrongly(on, one)
    const what = `${one.door} ${one.place}: ${one.value}`
    if (outcome.kind === 'typed') typed++
    else if (outcome.kind === 'untyped') found.untyped.push(`${what} → ${describe(outcome.error)}`)
    else found[outcome.kind].push(what)
  }
  return { calls: through.length, typed, accepted: found.accepted, untyped: found.untyped, hangs: found.hang }
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : String(error)
  } catch {
    return 'an error that cannot be read'
  }
}
