// Softmax cross-entropy against the reference, at sizes of no tile and at the ends of f32.
import { describe, expect, test } from 'vitest'
import { crossEntropy } from '../../src/reference'
import { ignored } from '../../src/spec'
import { pad4 } from '../../src/gpu/tensor'
import { lossBound } from '../../src/agreement/bounds'
import { numbers, runKernel, worstError } from '../support/kernel'

async function compare(V: number, logits: Float32Array[], targets: number[]) {
  const rows = logits.length
  const width = pad4(V)
  const memory = new Float32Array(rows * width)
  logits.forEach((row, n) => memory.set(row, n * width))
  const flat = Float64Array.from(logits.flatMap((row) => [...row]))
  const expected = crossEntropy(flat, targets, { classes: V })
  const run = (gradient: boolean) =>
    runKernel('loss/cross_entropy', {
      size: { rows, V, stride4: width / 4 },
      grid: [rows, 1, 1],
      constants: { gradient },
      data: {
        control: Float32Array.from({ length: 11 }, (_, i) => (i === 0 ? 1 / Math.max(1, expected.counted) : 0)),
        targets: Uint32Array.from(targets),
        class_weights: new Float32Array(V).fill(1),
        weights: new Float32Array(rows).fill(1),
        logits: memory,
        losses: new Float32Array(rows),
      },
    })
  const { losses, logits: made } = await run(true)
  const tolerance = lossBound(V)
  const largest = Math.max(1, ...logits.flatMap((row) => [...row].map(Math.abs)))
  expect(worstError(losses, expected.losses, largest)).toBeLessThanOrEqual(tolerance)
  const gradient = logits.flatMap((_, n) => [...made.subarray(n * width, n * width + V)])
  expect(worstError(gradient, expected.gradient, 1 / Math.max(1, expected.counted))).toBeLessThanOrEqual(tolerance)
  for (let n = 0; n < rows; n++) for (let v = V; v < width; v++) expect(made[n * width + v], 'padding stays zero').toBe(0)
  expect([...(await run(false)).logits], 'evaluation leaves the logits as they are').toEqual([...memory])
}

describe.each([1, 2, 3, 4, 5, 28, 33, 1001])('V = %i', (V) => {
  test('rows of random logits, some not counted', () =>
    compare(
      V,
      Array.from({ length: 19 }, (_, n) => numbers(V, n + 1).map((v) => 5 * v)),
      Array.from({ length: 19 }, (_, n) => (n % 5 === 4 ? ignored : (7 * n) % V)),
    ))
})

test('logits at the ends: equal, far apart, very large, none counted', async () => {
  const row = (...values: number[]) => Float32Array.from(values)
  await compare(3, [row(0, 0, 0), row(200, -200, 0), row(-200, 200, 0), row(1e30, 0, -1e30), row(3e37, 3e37, 0), row(-1e4, -1e4, -1e4)], [0, 0, 1, 0, 1, 2])
  await compare(2, [row(1, 2)], [ignored])
})
