// Norm, clipping and the optimizers against the reference, over several steps.
import { describe, expect, test } from 'vitest'
import { clipNorm, clipValue, globalNorm, Optimizer as Reference } from '../../src/reference'
import { adam, adamW, momentum, rmsprop, sgd, type Optimizer } from '../../src/optimizer'
import { normBound, updateBound } from '../../src/agreement/bounds'
import { numbers, runKernel, worstError } from '../support/kernel'

const control = (values: readonly number[]) => Float32Array.from({ length: 12 }, (_, i) => values[i] ?? 0)

/** No groups: nothing of it is read. */
const alike = new Uint32Array(4)

test.each([4, 60, 64 * 4, 5000].flatMap((n) => [4, 64, 128].map((width) => [n, width] as const)))(
  'global norm and clipping factor of %i gradients, by workgroups of %i',
  async (n, width) => {
    const gradients = numbers(n, n)
    for (const limit of [0, 0.5, 1e6]) {
      const groups = Math.min(Math.ceil(n / 4 / 64), 256)
      const { partials } = await runKernel('optimizer/gradient_norm', {
        size: { n4: n / 4, stride: groups * width },
        grid: [groups * width, 1, 1],
        width,
        data: { gradients, partials: new Float32Array(groups), groups: alike },
      })
      const losses = numbers(37, 2)
      const { statistics } = await runKernel('loss/statistics', {
        size: { rows: losses.length, partials: groups },
        grid: [1, 1, 1],
        width,
        data: { control: control([0.25, 0, limit]), losses, partials: Float32Array.from(partials), statistics: new Float32Array(3) },
      })
      const all = new Map([['g', Float64Array.from(gradients)]])
      const scale = limit ? clipNorm(all, limit).scale : 1
      const expected = [losses.reduce((a, b) => a + b, 0) * 0.25, globalNorm(all), scale]
      expect(worstError(statistics, expected, 1)).toBeLessThanOrEqual(normBound(n))
    }
  },
)

const optimizers: [string, Optimizer][] = [
  ['sgd', sgd({ rate: 0.1 })],
  ['momentum', momentum({ rate: 0.1, momentum: 0.8 })],
  ['rmsprop', rmsprop({ rate: 0.01, smoothing: 0.9 })],
  ['adam', adam({ rate: 0.01, beta1: 0.8, beta2: 0.95 })],
  ['adamW', adamW({ rate: 0.01, decay: 0.3 })],
]

test('a gradient that is no number stays one, rather than a large number', async () => {
  const { parameters } = await runKernel('optimizer/sgd', {
    size: { n4: 1, stride: 64 },
    grid: [64, 1, 1],
    data: {
      control: control([0, 0.1]),
      statistics: Float32Array.of(0, 0, 1),
      gradients: Float32Array.of(NaN, Infinity, 1, 2),
      parameters: new Float32Array(4),
      groups: alike,
    },
  })
  expect(parameters[0]).toBeNaN()
  expect(parameters[1]).toBe(-Infinity)
})

const policies = { skip: 0, stop: 1 }
const verdicts = { counts: 0, skipped: 1, stopped: 2, behind: 3 }

test('a step is judged by its loss, its norm and the length of its update; one that has stopped the training drops those behind', async () => {
  const judge = async ({
    losses = [1, 2],
    partials = [4],
    rate = 0.1,
    policy = 'skip',
    before = 'counts',
  }: {
    losses?: number[]
    partials?: number[]
    rate?: number
    policy?: keyof typeof policies
    before?: keyof typeof verdicts
  }) => {
    const values = control([0.5, rate])
    new Uint32Array(values.buffer)[11] = policies[policy]
    const statistics = new Float32Array(4)
    new Uint32Array(statistics.buffer)[3] = verdicts[before]
    const out = await runKernel('loss/statistics', {
      size: { rows: losses.length, partials: partials.length },
      grid: [1, 1, 1],
      width: 4,
      data: { control: values, losses: Float32Array.from(losses), partials: Float32Array.from(partials), statistics },
    })
    return Object.keys(verdicts)[new Uint32Array(out.statistics.buffer)[3]!]
  }
  const wrong = [
    { losses: [1, NaN] },
    { losses: [Infinity, 1] },
    { losses: [3e38, 3e38, 3e38] },
    { partials: [NaN, 1] },
    { partials: [Infinity] },
    { partials: [3e38, 3e38] },
    { partials: [1e30], rate: 1e38 },
  ]
  for (const one of wrong) {
    expect(await judge(one)).toBe('skipped')
    expect(await judge({ ...one, policy: 'stop' })).toBe('stopped')
    expect(await judge({ ...one, before: 'skipped' })).toBe('skipped')
    expect(await judge({ ...one, policy: 'stop', before: 'stopped' })).toBe('behind')
  }
  expect(await judge({})).toBe('counts')
  expect(await judge({ policy: 'stop' })).toBe('counts')
  expect(await judge({ before: 'skipped' })).toBe('counts')
  expect(await judge({ policy: 'stop', before: 'skipped' })).toBe('counts')
  for (const before of ['stopped', 'behind'] as const) expect(await judge({ policy: 'stop', before })).toBe('behind')
  expect(await judge({ losses: [1e38, 1e-45], partials: [1e-45, 3e38] })).toBe('counts')
})

describe.each(optimizers)('%s', (_, optimizer) => {
  test.each([
    ['plain', 1, 0],
    ['clipped by norm', 0.3, 0],
    ['clipped by norm, then by element', 0.3, 0.1],
  ])('%s', async (_, scale, limit) => {
    const n = 300
    const { kind, rate, beta1, beta2, epsilon: small, decay } = optimizer
    const reference = new Reference({ ...optimizer, rate: rate as number })
    const expected = new Map([['p', Float64Array.from(numbers(n, 1))]])
    let [parameters, first, second] = [numbers(n, 1), new Float32Array(n), new Float32Array(n)]
    for (let step = 1; step <= 4; step++) {
      const gradients = numbers(n, 10 + step)
      const scaled = new Map([['p', Float64Array.from(gradients, (v) => v * Math.fround(scale))]])
      reference.update(expected, limit ? clipValue(scaled, Math.fround(limit)) : scaled)
      const common = {
        control: control([0, rate as number, 0, limit, beta1, beta2, small, decay, 1 - beta1 ** step, 1 - beta2 ** step]),
        statistics: Float32Array.of(0, 0, scale),
        gradients,
        parameters,
        groups: alike,
      }
      const shape = { size: { n4: n / 4, stride: 64 }, grid: [64, 1, 1] as const }
      const copy = (v: Float32Array) => Float32Array.from(v)
      if (kind === 'sgd') parameters = copy((await runKernel('optimizer/sgd', { ...shape, data: common })).parameters)
      else if (kind === 'momentum') {
        const out = await runKernel('optimizer/momentum', { ...shape, data: { ...common, velocity: first } })
        ;[parameters, first] = [copy(out.parameters), copy(out.velocity)]
      } else if (kind === 'rmsprop') {
        const out = await runKernel('optimizer/rmsprop', { ...shape, data: { ...common, square: first } })
        ;[parameters, first] = [copy(out.parameters), copy(out.square)]
      } else {
        const out = await runKernel('optimizer/adam', { ...shape, data: { ...common, mean: first, square: second } })
        ;[parameters, first, second] = [copy(out.parameters), copy(out.mean), copy(out.square)]
      }
    }
    expect(worstError(parameters, expected.get('p')!, 1)).toBeLessThanOrEqual(updateBound({ rate: rate as number, beta1, beta2 }, 4))
  })
})
