// The conformance suites as tests; `npm run conformance` prints all of them as a table.
import { describe, expect, test } from 'vitest'
import { testDevice } from '../support/kernel'
import { sampled } from '../support/sampled'
import { runCase, suites } from './cases'

test('the suites are as large as they should be', () => {
  expect(suites.ONNX!.length).toBe(18)
  expect(suites.PyTorch!.length).toBeGreaterThanOrEqual(60)
  expect(suites.Keras!.length).toBeGreaterThanOrEqual(20)
})

const all = Object.entries(suites).flatMap(([suite, cases]) => cases.map((c) => ({ suite, c })))
type One = (typeof all)[number]
const axes = {
  suite: ({ suite }: One) => suite,
  cell: ({ c }: One) => c.cell,
  stack: ({ c }: One) => [c.layers, c.bidirectional],
  bias: ({ c }: One) => c.bias,
  lengths: ({ c }: One) => c.lengths !== null,
  peepholes: ({ c }: One) => c.peepholes ?? false,
  gradients: ({ c }: One) => c.gradients !== undefined,
}
// ONNX's and Keras' are few, and each is of its own kind; PyTorch's are a product.
const taken = sampled(all, {
  axes,
  pairs: [
    ['suite', 'cell'],
    ['cell', 'stack'],
    ['cell', 'lengths'],
  ],
  always: ({ suite }) => suite !== 'PyTorch',
})
describe.each(Object.keys(suites))('%s', (suite) => {
  for (const { c } of taken.filter((one) => one.suite === suite)) {
    if (c.skip) test.skip(`${c.name}: ${c.skip}`, () => {})
    else test(c.name, async () => expect((await runCase(await testDevice(), c)).failed).toEqual([]))
  }
})
