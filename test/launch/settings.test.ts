// What the page and `npm start` in a terminal are set to alike.
import { expect, it } from 'vitest'
import { openingOf } from '../../demo/shared/texts'
import { defaults, misreadIn, settingsIn } from '../../demo/shared/train/settings'

it('reads an address: the defaults, but for what it says', () => {
  const read = (address: string) => settingsIn(new URLSearchParams(address))
  expect(read('')).toEqual(defaults)
  expect(read('cell=lstm&rate=0.01&seed=0')).toEqual({ ...defaults, cell: 'lstm', rate: 0.01, schedule: 'constant' })
  // An address that has a rate or epochs, but no schedule, is older than schedules.
  expect(read('cell=lsmt&hidden=many')).toEqual({ ...defaults, hidden: NaN })
  // Epochs in place of steps, unless both are asked for.
  expect(read('epochs=3')).toEqual({ ...defaults, epochs: 3, iterations: Infinity, schedule: 'constant' })
  expect(read('epochs=3&iterations=40')).toEqual({ ...defaults, epochs: 3, iterations: 40, schedule: 'constant' })
  expect(read('iterations=')).toEqual({ ...defaults, iterations: Infinity })
})

it('tells the words of an address that are none of the choices', () => {
  expect(misreadIn(new URLSearchParams('cell=lsmt&optimizer=adam&partition=&hidden=many'))).toEqual(['cell=lsmt', 'partition='])
  expect(misreadIn(new URLSearchParams(''))).toEqual([])
})

it.each([
  ['the mill stood still', 'the mill'],
  ['\n\n  One\r\nTwo', 'One'],
  ['水が流れる。', '水が流れ'],
  ['🦆🦆🦆🦆🦆', '🦆🦆🦆🦆'],
  [' \n ', ' '],
  ['🦆', '🦆'],
  ['👨‍👩‍👧👍🏽👨‍👩‍👧👍🏽👨‍👩‍👧', '👨‍👩‍👧👍🏽👨‍👩‍👧👍🏽'],
  ['', ''],
])('samples of %j begin with %j', (text, opening) => expect(openingOf(text)).toBe(opening))
