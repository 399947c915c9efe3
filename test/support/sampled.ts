// Products such as plan × cell × subgroups are too many for each run: `npm test` takes some of them, chosen by a seed so that every
// value of every axis is among them, and `npm run test:all` takes all.
import { beforeAll, inject, test, type TestContext } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Chooses the cases that a run takes. */
    seed: number
    /** Whether a run takes all cases. */
    whole: boolean
  }
  interface TaskMeta {
    /** Of a file: cases of its products, and how many of them run. */
    sampled?: { all: number; taken: number }
  }
}

export interface Sampling<Case> {
  /** What a case is along each axis. Every value that occurs is covered in every run. */
  readonly axes: Readonly<Record<string, (one: Case) => unknown>>
  /** Axes of which every pair of values that occurs is covered, too. */
  readonly pairs?: readonly (readonly [string, string])[]
  /** Cases that are taken whatever the seed. */
  readonly always?: (one: Case) => boolean
  /** The least share of the cases that is taken. Default 0: no more than cover the values. */
  readonly share?: number
  /** The cases that this file has, of a product that several files share. Default all. */
  readonly here?: (one: Case) => boolean
}

/** The cases of this run, in the order given. Called where a file is collected, as `describe.each` is. */
export function sampled<Case>(cases: readonly Case[], sampling: Sampling<Case>): Case[] {
  const { here = () => true } = sampling
  const all = cases.filter(here)
  const taken = inject('whole') ? all : choose(cases, sampling, inject('seed')).filter(here)
  tell(all.length, taken.length)
  return taken
}

/** Tells in the file's counts how many cases there are, and how many of them run. */
function tell(all: number, taken: number): void {
  beforeAll(({}, suite) => {
    const { meta } = suite.file
    meta.sampled = { all: (meta.sampled?.all ?? 0) + all, taken: (meta.sampled?.taken ?? 0) + taken }
  })
}

/** `test` for those that take long, each with a fault of its own to find: a run takes about one of `every`, by the seed and the
 * test's name. A fault that only one of them finds is found within a few commits, and by `npm run test:all`. */
export const inTurn =
  (every: number) =>
  (name: string, work: (context: TestContext) => void | Promise<void>): void => {
    const taken = inject('whole') || hasTurn(name, every, inject('seed'))
    tell(1, Number(taken))
    if (taken) test(name, work)
  }

/** Whether a name has its turn: of all seeds, with one of `every`. */
export function hasTurn(name: string, every: number, seed: number): boolean {
  let hash = seed >>> 0
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) % every === 0
}

/** The cases that a seed chooses: one after the other the one that covers most of what is not covered yet, and of equal ones the first of
 * an order drawn by the seed. */
export function choose<Case>(cases: readonly Case[], { axes, pairs = [], always, share = 0 }: Sampling<Case>, seed: number): Case[] {
  const names = Object.keys(axes)
  for (const name of pairs.flat()) if (!names.includes(name)) throw new Error(`There is no axis ${name}. There are ${names.join(', ')}.`)
  const covers = cases.map((one) => {
    const value = (name: string) => `${name} ${JSON.stringify(axes[name]!(one))}`
    return [...names.map(value), ...pairs.map(([a, b]) => `${value(a)} × ${value(b)}`)]
  })
  const left = new Set(covers.flat())
  const taken = new Set<number>()
  const take = (i: number): void => {
    taken.add(i)
    for (const what of covers[i]!) left.delete(what)
  }
  cases.forEach((one, i) => always?.(one) && take(i))
  const order = shuffled(cases.length, seed)
  const gain = (i: number) => covers[i]!.reduce((n, what) => n + Number(left.has(what)), 0)
  while (left.size > 0) take(order.reduce((best, i) => (gain(i) > gain(best) ? i : best)))
  for (const i of order) if (taken.size < share * cases.length) take(i)
  return cases.filter((_, i) => taken.has(i))
}

/** 0 … n − 1 in an order drawn by the seed (Fisher and Yates; the numbers are those of mulberry32). */
function shuffled(n: number, seed: number): number[] {
  let state = seed >>> 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
