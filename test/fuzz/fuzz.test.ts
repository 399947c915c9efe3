// A short run of `npm run fuzz`.
import { expect, test } from 'vitest'
import { bench } from '../doors/table'
import { idleDevice } from '../support/idle-device'
import { fuzzCalls, fuzzFiles } from './fuzz'

test('files', async () => {
  const counts = Object.values(await fuzzFiles(await bench(idleDevice()), 11, 1600))
  expect(counts.flatMap(({ untyped }) => untyped)).toEqual([])
  expect(counts.reduce((n, { read, refused }) => n + read + refused, 0)).toBe(1600)
  // A reader that took all, or none, would show nothing.
  for (const { read, refused } of counts) expect(Math.min(read, refused)).toBeGreaterThan(0)
})

test('calls', async () => {
  const { read, refused, untyped } = await fuzzCalls(await bench(idleDevice()), 11, 200)
  expect(untyped).toEqual([])
  expect(refused).toBeGreaterThan(150)
  expect(read + refused).toBe(200)
})
