// What the tests of the reference share: seeded numbers, parameters, and comparison of arrays.
import { expect } from 'vitest'
import { uniform } from '../../src/random'
import { zeroParameters, type Parameters } from '../../src/reference'
import { directions, recurrentLayers, stateSize, type NetworkSpec } from '../../src/spec'
import { cells } from '../../src/cells'

/** A source of uniform numbers in [−scale, scale). */
export function numbers(seed: number) {
  let index = 0
  const next = () => uniform(seed, 0, index++)
  return {
    array: (length: number, scale = 1) => Float64Array.from({ length }, () => scale * (2 * next() - 1)),
    ids: (length: number, below: number) => Uint32Array.from({ length }, () => Math.floor(next() * below)),
  }
}

export type Numbers = ReturnType<typeof numbers>

export function randomParameters(spec: NetworkSpec, from: Numbers): Parameters {
  return new Map([...zeroParameters(spec)].map(([name, zeros]) => [name, from.array(zeros.length, 0.9)]))
}

/** Random states of every recurrent layer, [B, D, H]. */
export function randomStates(spec: NetworkSpec, batch: number, from: Numbers) {
  return recurrentLayers(spec).map(({ layer }) => {
    const some = (state: 'h' | 'c') => from.array(batch * directions(layer) * stateSize(layer, state))
    return { h: some('h'), ...(cells[layer.cell].states.includes('c') && { c: some('c') }) }
  })
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

/** Every element within absolute + relative · |expected|. The message names the worst one. */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 0, relative = 0 }: { absolute?: number; relative?: number },
): void {
  expect(actual.length, `length of ${name}`).toBe(expected.length)
  let worst = 0
  let message = ''
  for (let k = 0; k < expected.length; k++) {
    const [a, e] = [actual[k]!, expected[k]!]
    const excess = Math.abs(a - e) / (absolute + relative * Math.abs(e))
    // NaN (also 0 / 0 is NaN: equal numbers are fine) is the worst of all.
    if (a === e || excess <= worst) continue
    worst = Number.isNaN(excess) ? Infinity : excess
    message = `${name}[${k}] is ${a}, expected ${e}: ${worst.toPrecision(3)} times the tolerance`
  }
  expect(worst, message).toBeLessThanOrEqual(1)
}
