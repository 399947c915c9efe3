// The table of doors has every export, method and option that the types have: one that is added without a case fails here.
import { expect, test } from 'vitest'
import { declared } from './declared'
import { doors } from './table'

test('every export and method is a door of the table, and every door is there', () => {
  const all = [...declared().keys()]
  expect(all.length).toBeGreaterThan(60)
  const made = Object.keys(doors).filter((door) => door !== 'a schedule' && door !== 'Training.save')
  expect(made.sort()).toEqual(all.sort())
})

test('every option of each is tried', () => {
  for (const [door, { options }] of declared())
    for (const [i, names] of Object.entries(options)) expect([...(doors[door]?.options?.[Number(i)] ?? [])].sort(), `${door}, argument ${i}`).toEqual(names)
})
