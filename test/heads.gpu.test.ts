// Losses of numbers, and layers with two biases: a run with every gradient beside the reference.
import { expect, test } from 'vitest'
import { compareCase, describe as told, isRight } from '../src/agreement/compare'
import type { NetworkSpec } from '../src/spec'
import { testDevice } from './support/kernel'

const input = { features: 3 }
const layers = [{ cell: 'gru-reset-after', hidden: 6, bias: 'two' }] as const
const cases: readonly NetworkSpec[] = [
  { input, layers, head: { numbers: 5, loss: 'huber', delta: 0.4 } },
  { input, layers, head: { numbers: 5, loss: 'binary-cross-entropy' } },
  { input, layers, head: { numbers: 5, loss: 'binary-cross-entropy', at: 'last' } },
]

test.each(cases)('$head', async (spec) => {
  const found = await compareCase(await testDevice(), { spec, steps: 4, batch: 5, lengths: [4, 2, 0, 3, 1], ignore: true })
  expect(found.length).toBeGreaterThan(10)
  expect(found.filter((one) => !isRight(one)).map(told)).toEqual([])
})
