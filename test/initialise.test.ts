import { describe, expect, test } from 'vitest'
import { initialise } from '../src/initialise'
import { parameterShapes, type NetworkSpec } from '../src/spec'

const spec: NetworkSpec = {
  input: { features: 30 },
  layers: [
    { cell: 'lstm', hidden: 20, bidirectional: true, peepholes: true, learnInitial: true },
    { cell: 'gru-reset-after', hidden: 50 },
  ],
  head: { classes: 7 },
}
const [D, G, H] = [2, 4, 20]

const range = (values: ArrayLike<number>) => [Math.min(...Array.from(values)), Math.max(...Array.from(values))] as const
const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)

describe('initial weights', () => {
  test('every parameter is there, in its size; a seed gives the same, another seed others', () => {
    const values = initialise(spec, 1)
    for (const [name, shape] of parameterShapes(spec)) expect(values.get(name)!.length, name).toBe(shape.reduce((a, b) => a * b, 1))
    expect(initialise(spec, 1)).toEqual(values)
    expect(initialise(spec, 2).get('layers.0.W')).not.toEqual(values.get('layers.0.W'))
  })

  test('uniform is PyTorch’s: ± 1/√H, a head ± 1/√(D·H); learned states begin at zero', () => {
    const values = initialise(spec, 1)
    for (const name of ['layers.0.W', 'layers.0.U', 'layers.0.b']) {
      const [low, high] = range(values.get(name)!)
      expect(low).toBeGreaterThanOrEqual(-1 / Math.sqrt(H))
      expect(high).toBeLessThanOrEqual(1 / Math.sqrt(H))
      expect(high - low).toBeGreaterThan(1.8 / Math.sqrt(H)) // and it is filled
    }
    expect(range(values.get('head.W')!)[1]).toBeLessThanOrEqual(1 / Math.sqrt(50))
    expect(range(values.get('layers.0.h0')!)).toEqual([0, 0])
    expect(range(values.get('layers.0.c0')!)).toEqual([0, 0])
  })

  test('glorot: each gate’s matrix in ± √(6 / (rows + columns)); biases zero', () => {
    const values = initialise(spec, 1, { input: 'glorot' })
    const limit = Math.sqrt(6 / (30 + H))
    const [low, high] = range(values.get('layers.0.W')!)
    expect(Math.max(-low, high)).toBeLessThanOrEqual(limit)
    expect(Math.max(-low, high)).toBeGreaterThan(0.9 * limit)
    expect(range(values.get('layers.0.b')!)).toEqual([0, 0])
    expect(range(values.get('layers.1.bn')!)).toEqual([0, 0])
  })

  test('normal: Gaussian of the deviation that is told', () => {
    const values = initialise(spec, 1, { input: { normal: 0.01 } })
    // The deviation of n numbers is known to 1/√(2n) of itself; five times that.
    const W = values.get('layers.0.W')!
    expect(Math.abs(deviation(W) / 0.01 - 1)).toBeLessThan(5 / Math.sqrt(2 * W.length))
    expect(Math.max(...W)).toBeGreaterThan(0.025)
  })

  test.each([
    ['layers.0.U', H, H],
    ['layers.0.W', 30, H],
  ])('orthogonal: the matrices of each gate and direction in %s', (name, rows, columns) => {
    const values = initialise(spec, 1, { input: 'orthogonal' }).get(name)!
    const at = (d: number, g: number, r: number, c: number) =>
      name.endsWith('U') ? values[((d * rows + r) * G + g) * columns + c]! : values[((r * D + d) * G + g) * columns + c]!
    for (let d = 0; d < D; d++)
      for (let g = 0; g < G; g++)
        for (let i = 0; i < columns; i++)
          for (let j = 0; j <= i; j++) {
            let dot = 0
            for (let r = 0; r < rows; r++) dot += at(d, g, r, i) * at(d, g, r, j)
            // f32 storage of numbers below 1: rows roundings of 2⁻²⁴ each.
            expect(Math.abs(dot - Number(i === j))).toBeLessThanOrEqual(2 * rows * 2 ** -24)
          }
  })

  test('an orthogonal U beside a uniform W; zero biases on request; the forget gate begins open', () => {
    const values = initialise(spec, 1, { recurrent: 'orthogonal', bias: 'zero', forgetBias: 1 })
    expect(deviation(values.get('layers.0.U')!)).toBeCloseTo(1 / Math.sqrt(H), 6)
    expect(range(values.get('layers.0.W')!)[1]).toBeLessThanOrEqual(1 / Math.sqrt(H))
    const b = values.get('layers.0.b')! // [D, 4, H], i f g o
    b.forEach((v, i) => expect(v).toBe(Math.floor(i / H) % G === 1 ? 1 : 0))
    expect(range(values.get('layers.1.b')!)).toEqual([0, 0]) // a GRU has no forget gate
    expect(range(values.get('layers.0.p')!)).toEqual([0, 0])
  })
})
