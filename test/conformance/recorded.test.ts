// What the tests of other projects run, by the float64 reference: as they are, or refused for a reason that is known. `npm run conformance` runs them
// on the GPU.
import { expect, test } from 'vitest'
import { byReference } from './by-reference'
import { compareRun, recorded, type Run } from './recorded'

/** How many runs give what they should, and why the others have no counterpart in Sluice. */
const counts: Record<string, { equal: number; refused: readonly (readonly [number, RegExp])[] }> = {
  'ONNX Runtime': {
    equal: 105,
    refused: [
      [6, /it clips the inputs of its activations/],
      [2, /input and forget gates are coupled/],
      [19, /its activations are .*, the same in each direction/],
    ],
  },
  'Keras calls': {
    equal: 107,
    refused: [
      [18, /^dropout inside a cell, in training/],
      [76, /it is a (One|Two)States?RNN, expected/],
      [11, /TimeDistributed|no recurrent layer/],
    ],
  },
  'TensorFlow.js calls': {
    equal: 129,
    refused: [
      [12, /^dropout inside a cell, in training/],
      [20, /its activation is linear/],
      [4, /its recurrent_activation is tanh/],
      [6, /it is a RNNCellForTest, expected/],
      [6, /its own layer reads backwards/],
      [3, /TimeDistributed|no recurrent layer/],
    ],
  },
}

test.each(Object.entries(recorded))('%s', (project, runs) => {
  const { equal, refused } = counts[project]!
  const left = refused.map(([n]) => n)
  const wrong: string[] = []
  let right = 0
  for (const { name, times, read } of runs) {
    const run = read()
    if ('refused' in run) {
      const reason = refused.findIndex(([, text]) => text.test(run.refused))
      expect(reason, `${name}: ${run.refused}`).toBeGreaterThanOrEqual(0)
      left[reason]! -= times
      continue
    }
    expect(run.expected.length, name).toBeGreaterThan(0)
    const { failed } = compareRun(run, byReference(run))
    if (failed.length > 0) wrong.push(`${name}: ${failed.join('; ')}`)
    else right += times
  }
  expect(wrong).toEqual([])
  expect(right, left.join()).toBe(equal)
  expect(left, 'so many fewer are refused for each reason').toEqual(left.map(() => 0))
})

test('a wrong result is found', () => {
  const run = recorded['Keras calls']!.map(({ read }) => read()).find((one): one is Run => !('refused' in one))!
  const { outputs, final } = byReference(run)
  const shifted = (values: Float64Array) => values.map((v) => v * (1 + 1e-4))
  expect(compareRun(run, { outputs: shifted(outputs), final: final.map(({ h }) => ({ h: shifted(h) })) }).failed).not.toEqual([])
})
