// Numbers are judged as float32 has them, in which the GPU computes: what becomes infinite, 0 or 1 there is refused.
import { describe, expect, test } from 'vitest'
import { adam, adamW, constant, cosine, exponential, momentum, rmsprop, sgd, stepwise, warmup } from '../src'
import { checkBatch, checkClassWeights } from '../src/check-batch'
import { checkSpec } from '../src/check-spec'
import { checkLimit, checkNumber, float32, SluiceError } from '../src/errors'
import { checkFinite, firstNotFinite } from '../src/finite'
import { checkInitialise } from '../src/initialise'
import { checkOptimizer } from '../src/optimizer'
import { rateAt } from '../src/learning-rate'
import { ignored, type NetworkSpec } from '../src/spec'

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'bad-value') return error.message
    throw error
  }
  return 'accepted'
}

const spec: NetworkSpec = { input: { features: 1 }, layers: [{ cell: 'rnn', hidden: 2 }], head: { classes: 3 } }
const ends = /: the GPU computes in float32, where the largest number is 3\.4e38/
const none = /: the GPU computes in float32, where the smallest number above 0 is 1\.2e-38/
const one = /expected less than 1 \(float32 rounds it to 1\)/

test.each<[string, () => unknown, RegExp]>([
  ['adam, epsilon', () => adam({ epsilon: 1e-46 }), none],
  ['adam, epsilon that a GPU may take for 0', () => adam({ epsilon: 1e-40 }), none],
  ['adam, epsilon', () => adam({ epsilon: 1e39 }), ends],
  ['rmsprop, epsilon', () => rmsprop({ epsilon: 1e-50 }), none],
  ['adam, beta1', () => adam({ beta1: 0.99999999 }), one],
  ['adam, beta2', () => adam({ beta2: 0.99999999 }), one],
  ['rmsprop, smoothing', () => rmsprop({ smoothing: 0.99999999 }), one],
  ['momentum', () => momentum({ rate: 1, momentum: 0.99999999 }), one],
  ['adamW, decay', () => adamW({ decay: 1e39 }), ends],
  ['sgd, rate', () => sgd({ rate: 1e39 }), ends],
  ['adam, rate', () => adam({ rate: 1e39 }), ends],
  ['a schedule', () => rateAt(() => 1e39, 3), /^the rate at step 3 is 1e\+39, expected a finite number of at least 0: the GPU computes in float32/],
  ['constant', () => constant(1e39), ends],
  ['warmup', () => warmup(3, 1e39), ends],
  ['cosine', () => cosine({ rate: 1e39, steps: 3 }), ends],
  ['exponential', () => exponential({ rate: 1e39, decay: 0.5 }), ends],
  ['stepwise', () => stepwise({ rate: 1e39, decay: 0.5, at: [1] }), ends],
  ['an optimizer written by hand', () => checkOptimizer({ kind: 'adam', rate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-46, decay: 0 }), none],
  ['the same', () => checkOptimizer({ kind: 'adam', rate: NaN, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 }), /rate is NaN/],
  ['clipNorm', () => checkLimit('clipNorm', 1e-46), none],
  ['clipNorm', () => checkLimit('clipNorm', 1e39), ends],
  ['clipNorm', () => checkLimit('clipNorm', 0), /clipNorm is 0, expected a finite number above 0/],
  ['clipNorm', () => checkLimit('clipNorm', NaN), /clipNorm is NaN/],
  ['dropout', () => checkSpec({ ...spec, dropout: 0.99999999 }), one],
  ['forgetBias', () => checkInitialise({ forgetBias: -1e39 }), ends],
  ['a deviation', () => checkInitialise({ input: { normal: 1e39 } }), ends],
  [
    'temperature',
    () => checkNumber('temperature', 1e-46, { above: 0, orZero: true }),
    /^temperature is 1e-46, expected 0 or a finite number above 0: the GPU computes in float32/,
  ],
  [
    'class weights',
    () => checkClassWeights(spec, Float32Array.of(1, 1e38, 1), 100),
    /^classWeights\[1\] is .*e\+37, expected less: over 100 rows the sum may overflow float32\. Only the ratios of the weights matter, so divide all by the largest\./,
  ],
  ['class weights', () => checkClassWeights(spec, Float32Array.of(1, 1, 1e-40), 100), none],
])('%s', (_, work, message) => {
  expect(refusal(work)).toMatch(message)
})

test('what float32 has is taken', () => {
  for (const work of [
    () => adam({ epsilon: float32.min, beta1: 0, beta2: 0.999999, rate: float32.max }),
    () => rateAt(() => 1e-60, 0), // the end of a long decay
    () => sgd({ rate: 0 }),
    () => checkNumber('temperature', 0, { above: 0, orZero: true }),
    () => checkClassWeights(spec, Float32Array.of(0, 1, 1e-30), 100),
    () => checkSpec({ ...spec, dropout: 0.999 }),
  ])
    expect(refusal(work)).toBe('accepted')
  expect([undefined, Infinity, 2].map((limit) => checkLimit('clipNorm', limit))).toEqual([0, 0, 2])
})

test('the first number that is not finite is found, wherever it is', () => {
  expect(firstNotFinite([1, float32.max, -float32.max])).toBe(-1)
  expect(firstNotFinite([])).toBe(-1)
  for (const value of [NaN, Infinity, -Infinity, 1e39, -1e39]) {
    expect(firstNotFinite([0, 1, value, NaN])).toBe(2)
    expect(firstNotFinite([0, 1, value, 3], 3)).toBe(-1)
  }
  expect(refusal(() => checkFinite('x', [0, NaN]))).toBe('x[1] is NaN, expected a finite number')
  expect(refusal(() => checkFinite('x', [1e39]))).toMatch(/^x\[0\] is 1e\+39, expected a finite number: the GPU computes in float32/)
})

describe('targets', () => {
  const check = (targets: unknown, more: Partial<NetworkSpec> = {}, lengths?: Uint32Array) =>
    refusal(() => checkBatch({ ...spec, ...more }, { steps: 2, batch: 2, features: new Float32Array(4), targets: targets as never, lengths }))
  const numbers = { head: { numbers: 1 } } as const

  test.each<[string, () => string, string | RegExp]>([
    ['labels from 0', () => check(Uint32Array.of(0, 1, 2, 0)), 'accepted'],
    [
      'labels from 1',
      () => check(Uint32Array.of(1, 2, 3, 1)),
      'targets[2] is 3, expected less than 3, the number of classes, or `ignored` (4294967295) for a target that does not count. Do the labels start at 1? Subtract 1',
    ],
    ['labels from 1, some ignored', () => check(Uint32Array.of(1, ignored, 3, 1)), /^targets\[2\] is 3, .*Do the labels start at 1/],
    ['a label of V among others', () => check(Uint32Array.of(0, 3, 1, 1)), /^targets\[1\] is 3, [^?]*$/],
    ['far labels', () => check(Uint32Array.of(1000, 2000, 3000, 0)), /^targets\[0\] is 1000, expected less than 3, [^?]*$/],
    ['ignored', () => check(Uint32Array.of(ignored, ignored, ignored, ignored)), 'accepted'],
    ['past the end of a row', () => check(Uint32Array.of(0, 1, 2, 7), {}, Uint32Array.of(2, 1)), 'accepted'],
    ['within it', () => check(Uint32Array.of(0, 1, 7, 7), {}, Uint32Array.of(2, 1)), /^targets\[2\] is 7/],
    ['at the last step every row counts', () => check(Uint32Array.of(0, 7), { head: { classes: 3, at: 'last' } }, Uint32Array.of(2, 0)), /^targets\[1\] is 7/],
    ['NaN', () => check(NaN), /^targets is NaN, expected a Uint32Array/],
    ['null', () => check(null), /^targets is null, expected a Uint32Array/],
    ['0', () => check(0), /^targets is 0, expected a Uint32Array/],
    ['numbers', () => check(Float32Array.of(0, 1, NaN, 3), numbers), 'accepted'],
    [
      'an infinite number',
      () => check(Float32Array.of(0, 1, NaN, -Infinity), numbers),
      'targets[3] is -Infinity, expected a finite number. NaN marks a row that does not count.',
    ],
    ['an infinite number past the end of a row', () => check(Float32Array.of(0, 1, 2, Infinity), numbers, Uint32Array.of(2, 1)), 'accepted'],
  ])('%s', (_, work, expected) => {
    if (typeof expected === 'string') expect(work()).toBe(expected)
    else expect(work()).toMatch(expected)
  })

  test('ids past the end of a row may be anything', () => {
    const ids = (lengths?: Uint32Array) =>
      refusal(() => checkBatch({ ...spec, input: { ids: 4 } }, { steps: 2, batch: 2, ids: Uint32Array.of(0, 1, 2, ignored), lengths }))
    expect(ids()).toMatch(/^ids\[3\] is 4294967295, expected less than 4/)
    expect(ids(Uint32Array.of(2, 1))).toBe('accepted')
    expect(ids(Uint32Array.of(1, 2))).toMatch(/^ids\[3\]/)
  })
})
