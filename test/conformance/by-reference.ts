// A run by the float64 reference.
import { expect } from 'vitest'
import { forward } from '../../src/reference/network'
import type { Run } from './recorded'

const wide = (values: ArrayLike<number>) => Float64Array.from(values)

export function byReference(run: Run) {
  const { spec, parameters, steps, batch, features, lengths, mask, initial } = run
  expect(features.length).toBe(steps * batch * (spec.input as { features: number }).features)
  return forward(
    spec,
    new Map([...parameters].map(([name, values]) => [name, wide(values)])),
    { features: wide(features) },
    {
      batch,
      ...(lengths && { lengths }),
      ...(mask && { mask }),
      ...(initial && { initial: initial.map(({ h, c }) => ({ h: wide(h), ...(c && { c: wide(c) }) })) }),
    },
  )
}
