// A model of a series learns, forecasts by feeding back, has bands that cover, and is the same after a file, to the bit.
import { expect, test } from 'vitest'
import { adam, Network, Series, SeriesModel, type SeriesModelOptions } from 'sluice'
import { Random } from '../../src/random'
import { negativeLogLikelihood } from '../../src/series/gaussian'
import { failure } from '../support/failure'
import { testDevice } from '../support/kernel'

const sine = (n: number) => 50 + 10 * Math.sin((2 * Math.PI * n) / 12)
const waves = Series.fromValues(
  Array.from({ length: 400 }, (_, n) => sine(n)),
  { heldOut: 0.2 },
)
const window = 16
const create = async (options: Partial<SeriesModelOptions> = {}, series = waves) =>
  SeriesModel.create({ scale: series.scale, window, hidden: 16, seed: 3, device: await testDevice(), ...options })
const train = { batch: 16, optimizer: adam({ rate: 1e-2 }), seed: 1 }
const bitsOf = async ({ network }: SeriesModel) =>
  Object.fromEntries([...(await network.readParameters())].map(([name, values]) => [name, [...new Uint32Array(values.buffer)]]))

async function all<Step>(training: AsyncIterable<Step>): Promise<Step[]> {
  const steps = []
  for await (const step of training) steps.push(step)
  return steps
}

test('learns a sine, and forecasts a period of it within a tenth of what the last value is wrong by', async () => {
  const model = await create()
  const steps = await all(model.train(waves, { ...train, iterations: 150 }))
  expect(steps.map(({ step }) => step)).toEqual([...Array(150).keys()])
  expect(steps[0]).toMatchObject({ epoch: 0, totalSteps: 150, recovered: 0 })
  expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss / 20)
  const { mae, rmse, nll, forecasts } = await model.evaluate(waves.heldOut, { horizon: 12 })
  expect(forecasts).toBe(80 - window - 12 + 1)
  expect(nll).toBeUndefined()
  expect(mae[0]!).toBeLessThanOrEqual(rmse[0]!)
  // The last value is wrong by 10 in the root mean square: the values are a sine of 10 and a shifted one.
  expect(rmse[0]!).toBeLessThan(1)
  // One by one they are the same.
  const from = waves.heldOut.slice(0, 40)
  const { values, paths } = await model.forecast(from, { horizon: 12 })
  expect(paths).toBeUndefined()
  const one = await model.evaluate(waves.heldOut.slice(40 - window, 40 + 12), { horizon: 12 })
  const own = values.map((value, h) => Math.abs(value - waves.heldOut[40 + h]!)).reduce((a, b) => a + b, 0) / 12
  expect(one.forecasts).toBe(1)
  expect(one.mae[0]!).toBeCloseTo(own, 4)
  // Every second origin, in batches of which the last is not full.
  expect((await model.evaluate(waves.heldOut, { horizon: 1, every: 2 })).forecasts).toBe(32)
  model.destroy()
})

// Two variables on very different scales, and a third that never changes: noise whose size follows the time of day.
const random = new Random(11)
const noisy = Series.fromValues(
  Array.from({ length: 900 }, (_, n) => [1000 + 100 * (Math.sin(n / 2) + 0.3 * random.normal()), 0.01 * (Math.cos(n / 2) + 0.3 * random.normal()), 7]).flat(),
  { variables: 3, heldOut: 0.25 },
)

test('a normal distribution: bands cover what they say, for each variable; a constant stays', async () => {
  const model = await create({ loss: 'gaussian' }, noisy)
  const steps = await all(model.train(noisy, { ...train, iterations: 200 }))
  expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss - 1)
  const { rmse, nll } = await model.evaluate(noisy.heldOut, { horizon: 1 })
  // The noise cannot be told, so its deviation is the least error and its entropy the least likelihood.
  for (const [k, noise] of [30, 0.003].entries()) {
    expect(rmse[k]! / noise).toBeLessThan(1.6)
    expect(nll![k]!).toBeLessThan(Math.log(noise) + (1 + Math.log(2 * Math.PI)) / 2 + 0.45)
    expect(nll![k]!).toBeGreaterThan(Math.log(noise) + (1 + Math.log(2 * Math.PI)) / 2 - 0.25)
  }
  let [inside, total] = [0, 0]
  for (let origin = window; origin + 6 <= 225; origin += 12) {
    const { values, paths, quantiles } = await model.forecast(noisy.heldOut.subarray(0, origin * 3), {
      horizon: 6,
      samples: 60,
      quantiles: [0.1, 0.9],
      seed: origin,
    })
    expect([values.length, paths!.length, quantiles!.length]).toEqual([18, 60 * 18, 2])
    for (let i = 0; i < 18; i++) {
      const truth = noisy.heldOut[origin * 3 + i]!
      if (i % 3 === 2) expect(Math.abs(values[i]! - 7)).toBeLessThan(0.3)
      else [inside, total] = [inside + Number(quantiles![0]![i]! <= truth && truth <= quantiles![1]![i]!), total + 1]
    }
  }
  expect(inside / total).toBeGreaterThan(0.65)
  expect(inside / total).toBeLessThan(0.92)
  model.destroy()
})

test('paths follow from the seed: more samples add paths, a longer horizon lengthens them', async () => {
  const model = await create({ loss: 'gaussian', hidden: 8 })
  const paths = async (options: object) => [...(await model.forecast(waves.heldOut, { horizon: 3, samples: 4, ...options })).paths!]
  const first = await paths({})
  expect(await paths({})).toEqual(first)
  expect(await paths({ seed: 1 })).not.toEqual(first)
  const close = (values: number[], expected: number[]) => values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3))
  close((await paths({ samples: 6 })).slice(0, 12), first)
  const longer = await paths({ horizon: 5 })
  close(longer.slice(0, 3), first.slice(0, 3))
  close(longer.slice(5, 8), first.slice(3, 6))
  expect(new Set(first).size).toBe(12)
  model.destroy()
})

test('the reported likelihood is that of the loss', async () => {
  const model = await create({ loss: 'gaussian', hidden: 8 })
  const [step] = await all(model.train(waves, { ...train, batch: 320 - window, iterations: 1, optimizer: adam({ rate: 0 }) }))
  // The same windows, one by one, at every step.
  const K = 1
  const values = Float32Array.from(waves.training, (value) => (value - waves.scale.mean[0]!) / waves.scale.deviation[0]!)
  const B = values.length - window
  const at = (later: number) => Float32Array.from({ length: window * B }, (_, i) => values[(i % B) + Math.floor(i / B) + later]!)
  const { logits } = await model.network.run({ steps: window, batch: B, features: at(0) })
  const each = at(1).map((x, n) => negativeLogLikelihood(x, logits[n * 2 * K]!, logits[n * 2 * K + 1]!))
  expect(step!.loss).toBeCloseTo(each.reduce((a, b) => a + b, 0) / each.length, 4)
  model.destroy()
})

test.each(['squared-error', 'huber', 'gaussian'] as const)('a file has the model to the bit: %s', async (loss) => {
  const model = await create({ loss, hidden: 8, layers: 2, cell: 'lstm' })
  await all(model.train(waves, { ...train, iterations: 3 }))
  const again = await SeriesModel.load(await model.save(), { device: await testDevice() })
  expect(await bitsOf(again)).toEqual(await bitsOf(model))
  expect([again.scale, again.window]).toEqual([model.scale, model.window])
  const forecast = (of: SeriesModel) => of.forecast(waves.heldOut, { horizon: 3 })
  expect(await forecast(again)).toEqual(await forecast(model))
  expect((await Network.load(await model.save(), { device: await testDevice() })).parameterCount).toBe(model.network.parameterCount)
  for (const one of [model, again]) one.destroy()
})

test.each(['squared-error', 'gaussian'] as const)('a training goes on from its file bit for bit, wherever it was saved: %s', async (loss) => {
  const [whole, begun, again] = [
    await create({ loss, hidden: 8, dropout: 0.2, layers: 2 }),
    await create({ loss, hidden: 8, dropout: 0.2, layers: 2 }),
    await create({ loss, hidden: 8, dropout: 0.2, layers: 2, seed: 9 }),
  ]
  const expected = await all(whole.train(waves, { ...train, iterations: 9 }))
  const loop = begun.train(waves, { ...train, iterations: 9 })
  for (let step = 0; step < 4; step++) await loop.next()
  // Saved while the next step is under way: what comes after it is the same.
  const [file] = await Promise.all([loop.save(), loop.next()])
  await loop.return()
  const rest = await all(again.train(waves, { ...train, iterations: 9, resume: file }))
  const timeless = (steps: typeof expected) => steps.map(({ rowsPerSecond: _, ...step }) => step)
  expect(timeless(rest)).toEqual(timeless(expected).slice(4))
  expect(await bitsOf(again)).toEqual(await bitsOf(whole))
  const other = Series.fromValues(
    Float64Array.from(waves.training, (value) => value + 1),
    { heldOut: 0 },
  )
  expect((await failure(() => again.train(other, { ...train, iterations: 9, resume: file }).next())).message).toMatch(
    /^the series is not the one that this training was saved with/,
  )
  for (const one of [whole, begun, again]) one.destroy()
})

test.each(['stop', 'skip'] as const)('a step of a normal distribution that is not finite: %s', async (notFinite) => {
  const model = await create({ loss: 'gaussian', cell: 'rnn-relu', hidden: 8 })
  const parameters = await model.network.readParameters()
  model.network.writeParameters(new Map([['layers.0.U', parameters.get('layers.0.U')!.map(() => 1e30)]]))
  const training = all(model.train(waves, { ...train, iterations: 2, notFinite }))
  if (notFinite === 'stop') expect((await failure(() => training)).code).toBe('not-finite')
  else
    expect((await training).map(({ skipped, step }) => [skipped, step])).toEqual([
      [true, 0],
      [true, 1],
    ])
  model.destroy()
})
