// A text that is shorter than a minibatch is trained on all the same.
import { expect, it } from 'vitest'
import { batchesPerEpoch } from '../../src/text/batches'
import { fitted } from '../../demo/shared/train/options'

it('fits batch and steps to a short text, and leaves them for a long one', () => {
  const wanted = { batch: 32, steps: 35 }
  expect(fitted(wanted, 1121)).toEqual(wanted)
  expect(fitted(wanted, 270)).toEqual({ batch: 7, steps: 35 })
  for (let length = 2; length < 1121; length++) {
    const { batch, steps } = fitted(wanted, length)
    expect(batch <= 32 && steps <= 35, String(length)).toBe(true)
    expect(batchesPerEpoch(length, { batch, steps }), String(length)).toBeGreaterThan(0)
  }
  // What is wrong stays wrong, for the library to say.
  expect(fitted({ batch: NaN, steps: 35 }, 10)).toEqual({ batch: NaN, steps: 35 })
})
