// Normalisation of each variable, and the split in time.
import { describe, expect, test } from 'vitest'
import { Series } from '../../src/series/series'
import { checkScale, denormalised, normalise, scaleOf } from '../../src/series/scale'
import { failure } from '../support/failure'

const close = (actual: number, expected: number) => expect(Math.abs(actual - expected)).toBeLessThan(1e-12 * Math.abs(expected) + 1e-300)

describe('the scale', () => {
  test('of each variable: mean, and the root of the mean square difference', () => {
    const { mean, deviation } = scaleOf(Float64Array.of(1, 10, 2, 20, 3, 60), 2)
    close(mean[0]!, 2)
    close(mean[1]!, 30)
    close(deviation[0]!, Math.sqrt(2 / 3))
    close(deviation[1]!, Math.sqrt((20 ** 2 + 10 ** 2 + 30 ** 2) / 3))
  })

  test.each([0.1, 1 / 3, -7.7e-9, 12345678.9, 0])('of a constant %d: the mean is exact, the deviation 1, and normalised it is 0', (constant) => {
    const values = new Float64Array(997).fill(constant)
    const scale = scaleOf(values, 1)
    expect(scale).toEqual({ mean: [constant], deviation: [1] })
    expect([...normalise('values', values, scale)]).toEqual([...new Float32Array(997)])
  })

  test('of a constant beside a variable that is none', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.1 : i))
    const { mean, deviation } = scaleOf(values, 2)
    expect([mean[0], deviation[0]]).toEqual([0.1, 1])
    close(mean[1]!, 100)
  })

  test('keeps the digits of small differences on a large offset, and of values whose squares are 0', () => {
    const values = (offset: number, size: number) => Float64Array.from({ length: 1000 }, (_, n) => offset + size * (n % 2 === 0 ? 1 : -1))
    const far = scaleOf(values(1e9, 0.25), 1)
    expect([far.mean[0], far.deviation[0]]).toEqual([1e9, 0.25])
    expect([...normalise('values', values(1e9, 0.25), far).slice(0, 2)]).toEqual([1, -1])
    close(scaleOf(values(0, 1e-200), 1).deviation[0]!, 1e-200)
    close(scaleOf(values(0, 3e38), 1).deviation[0]!, 3e38)
  })

  test('goes and comes back', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i) * 10 ** ((i % 3) * 2))
    const scale = scaleOf(values, 3)
    normalise('values', values, scale).forEach((value, i) =>
      expect(Math.abs(denormalised(value, i % 3, scale) - values[i]!)).toBeLessThan(1e-6 * scale.deviation[i % 3]!),
    )
  })

  test('refuses what is none, and a value that is out of all proportion', async () => {
    expect(await failure(() => checkScale({ mean: [0, 1], deviation: [1] }))).toMatchObject({ code: 'bad-shape' })
    expect(await failure(() => checkScale({ mean: [0], deviation: [0] }))).toMatchObject({
      message: 'scale.deviation[0] is 0, expected a finite number above 0',
    })
    expect(await failure(() => checkScale({ mean: [NaN], deviation: [1] }))).toMatchObject({ code: 'bad-value' })
    const error = await failure(() => normalise('values', Float64Array.of(0, 1e30), { mean: [0], deviation: [1e-20] }))
    expect(error).toMatchObject({ code: 'bad-value' })
    expect(error.message).toMatch(/values\[1\] is 1e\+30, which by mean 0 and deviation 1e-20 is not finite/)
  })
})

describe('a series', () => {
  const rows = (n: number) => Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? i / 2 : -i))

  test('holds out its end, in one piece', () => {
    const series = Series.fromValues(rows(25), { variables: 2, heldOut: 0.3 })
    expect([...series.training, ...series.heldOut]).toEqual([...rows(25)])
    expect([series.variables, series.training.length, series.heldOut.length]).toEqual([2, 36, 14])
    expect(Series.fromValues(rows(25), { variables: 2, heldOut: 0 }).heldOut).toHaveLength(0)
  })

  test('has the scale of the training part alone', () => {
    const changed = rows(25).map((value, i) => (i >= 36 ? 1e6 : value))
    const options = { variables: 2, heldOut: 0.3 }
    expect(Series.fromValues(changed, options).scale).toEqual(Series.fromValues(rows(25), options).scale)
    expect(Series.fromValues(rows(25), options).scale).toEqual(scaleOf(rows(18), 2))
  })

  test('copies its values, of any array of numbers', () => {
    const values = [1, 2, 3, 4]
    const series = Series.fromValues(values, { heldOut: 0.25 })
    values.fill(9)
    expect([...series.training]).toEqual([1, 2, 3])
    expect([...Series.fromValues(Float32Array.of(1, 2, 3, 4), { heldOut: 0.25 }).training]).toEqual([1, 2, 3])
  })

  test.each([
    ['NaN', [1, 2, NaN, 4], { variables: 2 }, 'bad-value', /values\[2\] \(row 1, variable 0\) is NaN, expected a finite number.*Fill in missing values/],
    ['infinity', [1, Infinity], {}, 'bad-value', /values\[1\] is Infinity/],
    ['a text', ['1', '2'], {}, 'bad-value', /values\[0\] is "1" \(a string\)/],
    ['a hole', new Array(2 ** 32 - 1), {}, 'bad-value', /values\[0\] is undefined/],
    ['no rows', [1, 2, 3], { variables: 2 }, 'bad-shape', /values has 3 numbers, expected a multiple of 2/],
    ['nothing', [], {}, 'bad-shape', /has 0 rows to train on, expected at least 2/],
    ['too much held out', [1, 2, 3], { heldOut: 0.7 }, 'bad-shape', /has 1 row to train on/],
    ['no variables', [1, 2, 3], { variables: 0 }, 'bad-value', /variables is 0/],
    ['no array', { length: 3 }, {}, 'bad-value', /values is an object \(Object\), expected numbers \[N, K\]/],
  ])('refuses %s', async (_, values, options, code, message) => {
    const error = await failure(() => Series.fromValues(values as number[], options))
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(message)
  })
})
