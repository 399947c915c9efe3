// How X-ray measures what a unit answers to.
import { expect, it } from 'vitest'
import { measureOf } from '../../demo/shared/xray'
import { halfLives, markPlaces, standardizedDifference, unitMeans } from '../../demo/worker/measure'

it('finds the places of a text, in English and Chinese', () => {
  const marks = markPlaces([...'He said: "Go on." Yes.\n“走吧。”他'])
  const at = (place: keyof typeof marks) => [...marks[place]].flatMap((mark, i) => (mark ? [i] : []))
  expect(at('space')).toEqual([2, 8, 12, 17])
  expect(at('lineEnd')).toEqual([22])
  expect(at('sentenceEnd')).toEqual([15, 21, 26])
  expect(at('quote')).toEqual([9, 16, 23, 27])
  expect(at('inQuotes')).toEqual([10, 11, 12, 13, 14, 15, 24, 25, 26])
  // One that is never closed ends with its line.
  expect([...markPlaces([...'"ab\ncd']).inQuotes]).toEqual([0, 1, 1, 0, 0, 0])
})

it('gives the standardized mean difference, of the change or of the value', () => {
  // Two units over seven characters of one row: the first jumps at the marked ones, the second stays.
  const marks = Uint8Array.from([0, 1, 0, 1, 0, 1, 0])
  const first = [0, 1, 1, 0, 0.2, 1, 1]
  const values = Float32Array.from(first.flatMap((value) => [value, 0.5]))
  const moved = first.slice(1).map((value, i) => Math.abs(value - first[i]!))
  const mean = (all: number[]) => all.reduce((a, b) => a + b) / all.length
  const spread = (all: number[]) => all.reduce((sum, value) => sum + (value - mean(all)) ** 2, 0)
  const [inside, outside] = [moved.filter((_, i) => marks[i + 1]), moved.filter((_, i) => !marks[i + 1])]
  const expected = (mean(inside) - mean(outside)) / Math.sqrt((spread(inside) + spread(outside)) / 4)
  const [d, still] = standardizedDifference(values, marks, 2, 1, measureOf('space'), 0)
  expect(d).toBeCloseTo(expected, 5)
  expect(still).toBeNaN()
  expect(standardizedDifference(values, marks, 2, 1, measureOf('inQuotes'), 0)[0]).not.toBeCloseTo(expected, 2)
})

it('says nothing where there are too few places, or only in what is left out', () => {
  const values = Float32Array.from({ length: 20 }, (_, t) => Math.sin(t))
  const marks = Uint8Array.from({ length: 20 }, (_, t) => Number(t < 6))
  expect(standardizedDifference(values, marks, 1, 1, 'change', 0)[0]).toBeGreaterThan(-9)
  expect(standardizedDifference(values, marks, 1, 1, 'change', 5)[0]).toBeNaN()
})

it('gives the characters until half of what a unit holds is gone, and the mean of each unit', () => {
  // Two units of one row of eight characters. The first keeps 0.8 a character, so half is gone after four; the second keeps
  // all, and forgets at the last character.
  const gate = Float32Array.from(Array.from({ length: 8 }, (_, t) => [0.8, t === 7 ? 0 : 1]).flat())
  const [first, second] = halfLives(gate, 2, 1)
  expect(first).toBe(4)
  expect(second).toBe((8 + 7 + 6 + 5) / 4)
  // The same units as two rows of one unit, time-major.
  expect(halfLives(gate, 1, 2)[0]).toBe((first! + second!) / 2)
  expect([...halfLives(Float32Array.of(0, 1), 2, 1)]).toEqual([1, 1])
  expect([...unitMeans(gate, 2)].map((mean) => mean.toFixed(3))).toEqual(['0.800', '0.875'])
})
