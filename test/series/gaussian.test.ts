// The loss of a normal distribution beside finite differences and beside its formula, its samples, and quantiles.
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/random'
import { gaussianLoss, negativeLogLikelihood, quantileOf, sampleOf } from '../../src/series/gaussian'

const [rows, K] = [7, 3]
const random = new Random(4)
const targets = Float32Array.from({ length: rows * K }, () => random.normal())
const spread = (size: number) => Float32Array.from({ length: rows * 2 * K }, () => size * random.normal())
const lossOf = (logits: Float32Array, of = targets) => gaussianLoss(logits, of, K).loss

describe('the loss', () => {
  test('is that of the formula: half the log of 2 π variance, and half the square in units of the variance', () => {
    const expected = (x: number, mean: number, variance: number) => Math.log(2 * Math.PI * variance) / 2 + (x - mean) ** 2 / (2 * variance)
    for (const [x, mean, s] of [
      [0.5, -1, 0],
      [2, 2, 1.5],
      [-3, 1, -4],
    ] as const)
      expect(negativeLogLikelihood(x, mean, s)).toBeCloseTo(expected(x, mean, Math.exp(s) + 1e-6), 9)
  })

  test('is the mean over rows and variables, with the means before the log-variances', () => {
    const logits = spread(1)
    const each = Array.from(targets, (x, n) =>
      negativeLogLikelihood(x, logits[Math.floor(n / K) * 2 * K + (n % K)]!, logits[Math.floor(n / K) * 2 * K + K + (n % K)]!),
    )
    expect(lossOf(logits)).toBeCloseTo(each.reduce((a, b) => a + b, 0) / each.length, 12)
  })

  // From a spread that is usual, to log-variances on both sides of the least one.
  test.each([0.3, 2, 8])('has the gradient of finite differences, for logits of about %d', (size) => {
    const logits = spread(size)
    const { gradient } = gaussianLoss(logits, targets, K)
    gradient.forEach((found, i) => {
      const step = 2 ** -9
      const [less, more] = [-1, 1].map((sign) => logits.with(i, logits[i]! + sign * step)) as [Float32Array, Float32Array]
      const expected = (lossOf(more) - lossOf(less)) / (more[i]! - less[i]!)
      expect(Math.abs(found - expected), `logit ${i}`).toBeLessThan(1e-4 * (Math.abs(expected) + 0.01))
    })
  })

  test('and its gradient are finite for any finite logits', () => {
    for (const mean of [0, 3e38, -3e38])
      for (const s of [0, 3e38, -3e38, 800, -800]) {
        const { loss, gradient } = gaussianLoss(Float32Array.of(mean, s), Float32Array.of(1), 1)
        expect(Number.isFinite(loss), `${mean}, ${s}`).toBe(true)
        expect([...gradient].every(Number.isFinite), `${mean}, ${s}: ${gradient.join()}`).toBe(true)
      }
  })

  test('of what is told exactly has a bound, and pulls no further', () => {
    const { loss, gradient } = gaussianLoss(Float32Array.of(1, -60), Float32Array.of(1), 1)
    expect(loss).toBeCloseTo((Math.log(2 * Math.PI) + Math.log(1e-6)) / 2, 9)
    expect(Math.abs(gradient[1]!)).toBeLessThan(1e-15)
  })
})

test('samples have the mean and the variance', () => {
  const random = new Random(9)
  const samples = Float64Array.from({ length: 20000 }, () => sampleOf(3, Math.log(4), random))
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length
  // Four standard errors.
  expect(Math.abs(mean - 3)).toBeLessThan((4 * 2) / Math.sqrt(samples.length))
  expect(Math.abs(variance - 4)).toBeLessThan(4 * 4 * Math.sqrt(2 / samples.length))
})

test('quantiles lie between neighbours in a straight line', () => {
  const sorted = Float64Array.of(0, 10, 20, 40)
  expect([0, 0.5, 1, 1 / 6, 0.9].map((p) => quantileOf(sorted, p))).toEqual([0, 15, 40, 5, 34].map((value) => expect.closeTo(value, 9) as number))
  expect(quantileOf(Float64Array.of(7), 0.3)).toBe(7)
})
