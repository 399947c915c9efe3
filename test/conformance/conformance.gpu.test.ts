// The conformance suites as tests; `npm run conformance` prints them as a table.
import { describe, expect, test } from 'vitest'
import { testDevice } from '../support/kernel'
import { runCase, suites } from './cases'

test('the suites are as large as they should be', () => {
  expect(suites.ONNX!.length).toBe(18)
  expect(suites.PyTorch!.length).toBeGreaterThanOrEqual(60)
  expect(suites.Keras!.length).toBeGreaterThanOrEqual(20)
})

describe.each(Object.entries(suites))('%s', (_, cases) => {
  for (const c of cases) {
    if (c.skip) test.skip(`${c.name}: ${c.skip}`, () => {})
    else test(c.name, async () => expect((await runCase(await testDevice(), c)).failed).toEqual([]))
  }
})
