// The walk of all doors on a GPU, where WebGPU itself has a say. A value in a few: all of them are walked on the device that does
// nothing (doors.test.ts), which takes seconds where a software adapter takes many minutes.
import { expect, test } from 'vitest'
import { Random } from '../../src/random'
import { testDevice } from '../support/kernel'
import { bench, doors } from './table'
import { cases, rightly, walk } from './walk'

const tried = 400

test('what is right is taken, and what is not is refused by a SluiceError', async () => {
  const on = await bench(await testDevice())
  for (const door of Object.keys(doors)) await rightly(on, door)
  const walked = await walk(on, new Random(3).shuffle(cases()).slice(0, tried))
  expect({ untyped: walked.untyped, hangs: walked.hangs }).toEqual({ untyped: [], hangs: [] })
  expect(walked.calls).toBe(tried)
  expect(walked.typed).toBeGreaterThan(tried / 2)
})
