import { describe, expect, test } from 'vitest'
import { choose, hasTurn, sampled } from './sampled'
import { seedOf, takesAll } from './seed.mjs'

interface Case {
  strategy: string
  cell: string
  subgroups: boolean
  n: number
}

const plans = ['tile-16', 'tile-4', 'whole-16', 'whole-4', 'fused-1']
const cells = ['rnn', 'gru', 'lstm', 'mgu']
// Not every strategy is there without subgroups, and `n` has many values that come once.
const cases: Case[] = plans.flatMap((strategy) =>
  cells.flatMap((cell) => [true, false].filter((subgroups) => subgroups || strategy !== 'tile-4').map((subgroups) => ({ strategy, cell, subgroups, n: 0 }))),
)
cases.forEach((one, i) => (one.n = i % 7))

const family = ({ strategy }: Case) => strategy.split('-')[0]
const axes: Record<string, (one: Case) => unknown> = {
  strategy: ({ strategy }: Case) => strategy,
  family,
  cell: ({ cell }: Case) => cell,
  subgroups: ({ subgroups }: Case) => subgroups,
  n: ({ n }: Case) => n,
}
const seeds = Array.from({ length: 100 }, (_, i) => i * 42_949_672)

describe('the cases of a run', () => {
  test('cover every value of every axis, whatever the seed', () => {
    for (const seed of seeds) {
      const taken = choose(cases, { axes }, seed)
      for (const [name, axis] of Object.entries(axes)) expect(new Set(taken.map(axis)), `${name}, seed ${seed}`).toEqual(new Set(cases.map(axis)))
      expect(taken.length, 'few are enough').toBeLessThan(cases.length / 3)
    }
  })

  test('cover every pair of values that is asked for', () => {
    const pair = (one: Case) => `${family(one)} ${one.cell}`
    for (const seed of seeds) {
      const taken = choose(cases, { axes, pairs: [['family', 'cell']] }, seed)
      expect(new Set(taken.map(pair))).toEqual(new Set(cases.map(pair)))
      expect(taken.length).toBeLessThanOrEqual(cases.length / 2)
    }
  })

  test('have in them what is always taken, once, and the share that is asked for', () => {
    const always = ({ strategy, cell }: Case) => strategy === 'tile-4' && cell !== 'mgu'
    for (const seed of seeds) {
      const taken = choose(cases, { axes, always, share: 0.5 }, seed)
      for (const one of cases.filter(always)) expect(taken.filter((other) => other === one).length).toBe(1)
      expect(taken.length).toBe(Math.ceil(cases.length / 2))
      expect(choose(cases, { axes, share: 1 }, seed)).toEqual(cases)
    }
  })

  test('are those of the seed, in the order given, and in time all', () => {
    const met = new Set<Case>()
    for (const seed of seeds) {
      const taken = choose(cases, { axes }, seed)
      expect(choose(cases, { axes }, seed)).toEqual(taken)
      expect(taken).toEqual(cases.filter((one) => taken.includes(one)))
      for (const one of taken) met.add(one)
    }
    expect(met.size).toBe(cases.length)
  })

  test('an axis that there is not is refused', () => {
    expect(() => choose(cases, { axes, pairs: [['strategy', 'sell']] }, 1)).toThrow('There is no axis sell. There are strategy, family, cell, subgroups, n.')
  })
})

test('a test has its turn with one seed of so many, whatever its neighbours do', () => {
  const turns = (name: string) => seeds.map((seed) => hasTurn(name, 3, seed * 0x9e3779b1))
  for (const name of ['a run goes on', 'a run goes o', '']) {
    const share = turns(name).filter(Boolean).length / seeds.length
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.55)
  }
  expect(turns('a')).not.toEqual(turns('b'))
  expect(hasTurn('a', 1, 5)).toBe(true)
})

describe('the seed of a run', () => {
  test('is what is given', () => {
    expect(seedOf({ SLUICE_SEED: '7' })).toBe(7)
    expect(seedOf({ SLUICE_SEED: '4294967295' })).toBe(4294967295)
    for (const given of ['x', '-1', '1.5', '4294967296'])
      expect(() => seedOf({ SLUICE_SEED: given })).toThrow(`SLUICE_SEED is ${given}, expected a whole number from 0 to 4294967295`)
  })

  test('is else that of the commit: the same each time', () => {
    expect(seedOf({})).toBe(seedOf({ SLUICE_SEED: '' }))
    expect(Number.isInteger(seedOf({}))).toBe(true)
  })

  test('does not count where all is taken', () => {
    expect([takesAll({}), takesAll({ SLUICE_ALL: '1' })]).toEqual([false, true])
  })
})

sampled([1, 2, 3, 4], { axes: {}, share: 1 })
const here = sampled([1, 2, 3], { axes: {}, share: 1, here: (n) => n < 3 })
test('a file says how many cases it has, and how many of them run', ({ task }) => {
  expect(task.file.meta.sampled).toEqual({ all: 6, taken: 6 })
  expect(here).toEqual([1, 2])
})
