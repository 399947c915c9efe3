import { expect, test } from 'vitest'
import { adding, bits, copying, random } from '../../demo/lessons/tasks'

const ignored = 0xffffffff
const [T, B] = [20, 7]

test('adding: two steps are marked, one in each half, and the target is their sum', () => {
  const { features, targets } = adding(T, B, random(1))
  for (let b = 0; b < B; b++) {
    const marked = Array.from({ length: T }, (_, t) => t).filter((t) => features[(t * B + b) * 2 + 1] === 1)
    expect(marked.length).toBe(2)
    expect(marked[0]).toBeLessThan(T / 2)
    expect(marked[1]).toBeGreaterThanOrEqual(T / 2)
    expect(targets[b]).toBeCloseTo(
      marked.reduce((sum, t) => sum + features[(t * B + b) * 2]!, 0),
      6,
    )
  }
})

test('copying: the symbols are asked in their order after the sign, and nothing else is', () => {
  const shape = { alphabet: 5, length: 3, delay: 11 }
  const { ids, targets } = copying(shape, B, random(2))
  const steps = 2 * shape.length + shape.delay
  expect(ids.length).toBe(steps * B)
  for (let b = 0; b < B; b++) {
    const column = (values: Uint32Array) => Array.from({ length: steps }, (_, t) => values[t * B + b]!)
    const [read, asked] = [column(ids), column(targets)]
    expect(read.slice(0, 3).every((id) => id < 5)).toBe(true)
    expect(read.slice(3)).toEqual([...new Array<number>(11).fill(5), 6, 5, 5])
    expect(asked).toEqual([...new Array<number>(14).fill(ignored), ...read.slice(0, 3)])
  }
})

test('bits: short asks whether the last two differ, long asks the first', () => {
  for (const kind of ['short', 'long'] as const) {
    const { ids, targets } = bits(kind, T, B, random(3))
    for (let b = 0; b < B; b++)
      for (let t = 0; t < T; t++) {
        const wanted = t === 0 ? ignored : kind === 'long' ? ids[b] : Number(ids[t * B + b] !== ids[(t - 1) * B + b])
        expect(targets[t * B + b]).toBe(wanted)
      }
  }
})

test('a seed draws the same numbers, evenly', () => {
  const draw = random(4)
  const values = Array.from({ length: 10_000 }, draw)
  const again = random(4)
  expect(values.slice(0, 5)).toEqual(Array.from({ length: 5 }, again))
  // Five standard deviations of the mean of 10,000 uniform numbers.
  expect(Math.abs(values.reduce((a, b) => a + b, 0) / 10_000 - 0.5)).toBeLessThan(5 / Math.sqrt(12 * 10_000))
})
