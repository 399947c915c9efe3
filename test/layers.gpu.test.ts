// Dense layers anywhere, and joined inputs, on the GPU against the float64 reference; and what trains, predicts, writes and saves such networks.
import { expect, test } from 'vitest'
import type { StrategyName } from '../src/gpu/strategy'
import { Network } from '../src/network'
import { adam } from '../src/optimizer'
import { Predictor } from '../src/predictor'
import { forward } from '../src/reference'
import { completeSpec, type NetworkSpec } from '../src/spec'
import { TextGenerator } from '../src/text/generator'
import { Trainer } from '../src/trainer'
import { compare, type Case } from './support/agreement'
import { numbers, testDevice, worstError } from './support/kernel'
import { sampled } from './support/sampled'

const lengths = [4, 2, 0, 3, 1]

/** Sizes that fill no vec4f: what is padded must stay zero, also behind a sigmoid. */
const networks: Readonly<Record<string, Case>> = {
  'dense layers before, between and after': {
    spec: {
      input: { features: 6 },
      layers: [
        { dense: 7, activation: 'tanh' },
        { cell: 'lstm', hidden: 5, bidirectional: true },
        { dense: 9, activation: 'relu', bias: false },
        { cell: 'rnn', hidden: 6, learnInitial: true },
        { dense: 6, activation: 'sigmoid' },
        { dense: 3 },
      ],
      dropout: 0.3,
      head: { classes: 4 },
    },
    steps: 4,
    batch: 5,
    lengths,
    ignore: true,
    given: true,
    dropoutSeed: 3,
  },
  'dense layers on final states': {
    spec: {
      input: { ids: 9, embedding: 5 },
      layers: [
        { cell: 'gru', hidden: 7, bidirectional: true },
        { dense: 6, activation: 'sigmoid' },
        { dense: 5, activation: 'tanh', inputs: [0, 1] },
      ],
      dropout: 0.3,
      head: { numbers: 3, at: 'last' },
    },
    steps: 4,
    batch: 5,
    lengths,
    given: true,
    dropoutSeed: 4,
  },
  'joined inputs': {
    spec: {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 5 },
        { dense: 7, activation: 'sigmoid', inputs: [0, 'input'] },
        { cell: 'rnn', hidden: 6, bidirectional: true, inputs: ['input'] },
        { cell: 'rnn', hidden: 5, inputs: [2, 1] },
      ],
      head: { numbers: 3, inputs: ['input', 0, 3], loss: 'huber' },
    },
    steps: 4,
    batch: 5,
    lengths,
    initial: true,
    recompute: 2,
  },
  'no head': {
    spec: {
      input: { features: 5 },
      layers: [
        { cell: 'rnn', hidden: 6 },
        { dense: 3, activation: 'relu', inputs: ['input', 0] },
      ],
    },
    steps: 3,
    batch: 6,
  },
}
const strategies: readonly StrategyName[] = ['fused-1', 'per-step-8', 'tile-16', 'resident-16']
const cases = Object.entries(networks).flatMap(([name, c]) => strategies.map((strategy) => ({ name, strategy, c: { ...c, strategy } })))

test.each(sampled(cases, { axes: { name: ({ name }) => name, strategy: ({ strategy }) => strategy } }))('$name, strategy $strategy', async ({ c }) => {
  for (const [name, error] of await compare(c)) expect(error, `${name}, in tolerances`).toBeLessThanOrEqual(1)
})

/** As textgenrnn: the head reads the embedding and every layer; and a dense layer beside them. */
const writer: NetworkSpec = {
  input: { ids: 7, embedding: 3 },
  layers: [
    { cell: 'rnn', hidden: 6 },
    { cell: 'rnn', hidden: 5 },
    { dense: 6, activation: 'sigmoid', inputs: [1, 'input'] },
  ],
  head: { classes: 7, inputs: ['input', 0, 1, 2] },
}

test('trains; is saved and loaded to the bit; predicts in pieces; writes', async () => {
  const device = await testDevice()
  const network = await Network.create({ device, seed: 5, ...writer })
  const { name: strategy } = device.tuning.strategy
  const [T, B] = [4, 3]
  const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * i) % 7)
  const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer: adam({ rate: 1e-2 }), strategy })
  const losses: number[] = []
  for (let step = 0; step < 8; step++) losses.push((await trainer.step({ ids, targets: ids.map((id) => (id + 3) % 7), fresh: step === 0 })).loss)
  expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1]!)).toBe(true)
  const file = await trainer.save()
  trainer.destroy()

  const loaded = await Network.load(file, { device })
  expect(loaded.spec).toEqual(completeSpec(writer))
  expect(await loaded.readParameters()).toEqual(await network.readParameters())
  loaded.destroy()

  const { logits } = await network.run({ steps: T, batch: B, ids, strategy })
  const predictor = await Predictor.create(network, { steps: T / 2, batch: B, strategy })
  const state = await predictor.state()
  const half = (T / 2) * B
  const parts = [await predictor.predict({ ids: ids.slice(0, half), state }), await predictor.predict({ ids: ids.slice(half), state })]
  expect(parts.flatMap((part) => [...part])).toEqual([...logits])
  expect((await state.read()).map(({ h }) => h.length)).toEqual([B * 6, B * 5])
  state.destroy()
  predictor.destroy()

  const generator = await TextGenerator.create(network)
  const written = { ids: [] as number[], logits: [] as number[] }
  for await (const part of generator.generate(Uint32Array.of(1, 4), { length: 70, temperature: 0.8, seed: 2 }, true)) {
    written.ids.push(...part.ids)
    part.ids.forEach((_, n) => written.logits.push(...part.logits!.subarray(n * generator.stride, n * generator.stride + 7)))
  }
  const parameters = new Map([...(await network.readParameters())].map(([name, values]) => [name, Float64Array.from(values)]))
  const expected = forward(writer, parameters, { ids: Uint32Array.of(1, 4, ...written.ids.slice(0, -1)) }, { batch: 1 })
  expect(worstError(written.logits, expected.logits.slice(7), 1)).toBeLessThan(1e-4)
  generator.destroy()
  network.destroy()
})

test('dropout within a layer: what is saved and resumed in a fresh network goes on to the bit', async () => {
  const device = await testDevice()
  const inside: NetworkSpec = {
    input: { ids: 7, embedding: 3 },
    layers: [{ cell: 'rnn', hidden: 6, inputDropout: 0.3, recurrentDropout: 0.3 }],
    head: { classes: 7 },
  }
  const [T, B] = [5, 3]
  const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * i) % 7)
  const options = { steps: T, batch: B, optimizer: adam({ rate: 1e-2 }), seed: 9, strategy: device.tuning.strategy.name }
  const all = async (trainer: Trainer, from: number, to: number): Promise<number[]> => {
    const losses: number[] = []
    for (let step = from; step < to; step++) losses.push((await trainer.step({ ids, targets: ids.map((id) => (id + 3) % 7), fresh: step === 0 })).loss)
    return losses
  }
  const network = await Network.create({ device, seed: 5, ...inside })
  const trainer = await Trainer.create(network, options)
  const first = await all(trainer, 0, 3)
  const file = await trainer.save()
  const rest = await all(trainer, 3, 7)
  // The masks change from step to step.
  expect(new Set([...first, ...rest]).size).toBe(7)
  const loaded = await Network.load(file, { device })
  expect(loaded.spec).toEqual(completeSpec(inside))
  const resumed = await Trainer.create(loaded, options)
  resumed.resume(file)
  expect(await all(resumed, 3, 7)).toEqual(rest)
  expect(await loaded.readParameters()).toEqual(await network.readParameters())
  // Nothing is dropped outside of training.
  const run = (on: Network) => on.run({ steps: T, batch: B, ids, strategy: options.strategy })
  const whole = await Network.create({ device, ...inside, layers: [{ cell: 'rnn', hidden: 6 }] })
  whole.writeParameters(await network.readParameters())
  expect((await run(network)).logits).toEqual((await run(whole)).logits)
  for (const one of [trainer, resumed, network, loaded, whole]) one.destroy()
})

test('the order of the joined inputs is that of the rows of W', async () => {
  const device = await testDevice()
  const spec: NetworkSpec = { input: { features: 3 }, layers: [{ cell: 'rnn', hidden: 5 }], head: { numbers: 8, inputs: [0, 'input'] } }
  const network = await Network.create({ device, ...spec })
  const identity = Float32Array.from({ length: 64 }, (_, i) => Number(i % 9 === 0))
  network.writeParameters(
    new Map([
      ['head.W', identity],
      ['head.b', new Float32Array(8)],
    ]),
  )
  const features = numbers(6, 3)
  const { logits, outputs } = await network.run({ steps: 1, batch: 2, features })
  for (const row of [0, 1])
    expect([...logits.slice(8 * row, 8 * row + 8)]).toEqual([...outputs.slice(5 * row, 5 * row + 5), ...features.slice(3 * row, 3 * row + 3)])
  network.destroy()
})
