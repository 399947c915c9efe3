// LSTMs that project their state, on the GPU against the float64 reference.
import { expect, test } from 'vitest'
import type { StrategyName } from '../src/gpu/strategy'
import { Evaluator } from '../src/evaluator'
import { Network } from '../src/network'
import { adam } from '../src/optimizer'
import { Predictor } from '../src/predictor'
import { RecurrentLayer } from '../src/recurrent-layer'
import { forward } from '../src/reference'
import { completeSpec, type NetworkSpec } from '../src/spec'
import { TextGenerator } from '../src/text/generator'
import { Trainer } from '../src/trainer'
import { compare, type Case } from './support/agreement'
import { numbers, testDevice, worstError } from './support/kernel'

const lengths = [5, 2, 0, 3, 1]

/** Sizes that fill no vec4f. */
const networks: Readonly<Record<string, Case>> = {
  'ids that the layer looks up': {
    spec: { input: { ids: 6 }, layers: [{ cell: 'lstm', hidden: 9, projection: 5 }], head: { classes: 6 } },
    steps: 5,
    batch: 5,
  },
  'ids, no bias, initial states, lengths': {
    spec: { input: { ids: 6 }, layers: [{ cell: 'lstm', hidden: 9, projection: 5, bias: false, backwards: true }], head: { classes: 6, at: 'last' } },
    steps: 5,
    batch: 5,
    lengths,
    initial: true,
    given: true,
  },
  'deep, both directions, peepholes, learned initial states, dropout': {
    spec: {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 7, projection: 3, bidirectional: true, peepholes: true, learnInitial: true },
        { cell: 'lstm', hidden: 10, projection: 6 },
        { cell: 'lstm', hidden: 10, projection: 6 },
        { cell: 'gru', hidden: 5 },
      ],
      dropout: 0.3,
      head: { numbers: 2 },
    },
    steps: 5,
    batch: 5,
    lengths,
    given: true,
    dropoutSeed: 3,
  },
  'merged directions and a mask, dropout within, other functions': {
    spec: {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 9, projection: 6, bidirectional: true, merge: 'product', inputDropout: 0.3, recurrentDropout: 0.3 },
        { cell: 'lstm', hidden: 6, projection: 2, backwards: true, recurrentDropout: 0.3, recurrentActivation: 'hard-sigmoid', activation: 'relu' },
      ],
      head: { classes: 4, at: 'last' },
    },
    steps: 5,
    batch: 5,
    mask: true,
    initial: true,
    dropoutSeed: 4,
  },
  'gates made again': {
    spec: {
      input: { ids: 6, embedding: 5 },
      layers: [
        { cell: 'lstm', hidden: 9, projection: 5, bidirectional: true, recurrentDropout: 0.3 },
        { cell: 'lstm', hidden: 9, projection: 5, bias: 'two' },
      ],
      head: { classes: 6 },
    },
    steps: 7,
    batch: 5,
    recompute: 3,
    dropoutSeed: 5,
  },
  'more terms than a product holds at a time': {
    spec: { input: { features: 4 }, layers: [{ cell: 'lstm', hidden: 70, projection: 40 }], head: { numbers: 2 } },
    steps: 3,
    batch: 18,
  },
}

const strategies: readonly StrategyName[] = ['per-step-8', 'fused-4', 'tile-16', 'resident-16']

test.each(Object.entries(networks).flatMap(([what, c]) => strategies.map((strategy) => [what, strategy, c] as const)))(
  'agrees with the reference: %s, %s',
  async (_, strategy, c) => {
    for (const [tensor, error] of await compare({ ...c, strategy })) expect(error, tensor).toBeLessThanOrEqual(1)
  },
)

const writer: NetworkSpec = {
  input: { ids: 7, embedding: 3 },
  layers: [
    { cell: 'lstm', hidden: 6, projection: 5 },
    { cell: 'lstm', hidden: 6, projection: 5 },
  ],
  head: { classes: 7 },
}

test('trains and carries its states; is saved, loaded and resumed to the bit; predicts in pieces; writes', async () => {
  const device = await testDevice()
  const network = await Network.create({ device, seed: 5, ...writer })
  const { name: strategy } = device.tuning.strategy
  const [T, B] = [4, 3]
  const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * i) % 7)
  const targets = ids.map((id) => (id + 3) % 7)
  const options = { steps: T, batch: B, optimizer: adam({ rate: 1e-2 }), strategy }
  const trainer = await Trainer.create(network, options)
  const losses = async (of: Trainer, from: number, to: number): Promise<number[]> => {
    const all: number[] = []
    for (let step = from; step < to; step++) all.push((await of.step({ ids, targets, fresh: step === 0 })).loss)
    return all
  }
  const first = await losses(trainer, 0, 6)
  expect(first.every((loss, i) => i === 0 || loss < first[i - 1]!)).toBe(true)
  const file = await trainer.save()
  const loaded = await Network.load(file, { device })
  expect(loaded.spec).toEqual(completeSpec(writer))
  expect(await loaded.readParameters()).toEqual(await network.readParameters())
  const resumed = await Trainer.create(loaded, options)
  resumed.resume(file)
  expect(await losses(resumed, 6, 9)).toEqual(await losses(trainer, 6, 9))

  const { logits, loss } = await network.run({ steps: T, batch: B, ids, targets, strategy })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B, strategy })
  expect((await evaluator.evaluate({ ids, targets })).loss).toBeCloseTo(loss, 5)
  const predictor = await Predictor.create(network, { steps: T / 2, batch: B, strategy })
  const state = await predictor.state()
  const half = (T / 2) * B
  const parts = [await predictor.predict({ ids: ids.slice(0, half), state }), await predictor.predict({ ids: ids.slice(half), state })]
  expect(parts.flatMap((part) => [...part])).toEqual([...logits])
  expect((await state.read()).map(({ h, c }) => [h.length, c!.length])).toEqual([
    [B * 5, B * 6],
    [B * 5, B * 6],
  ])

  const generator = await TextGenerator.create(network)
  const written = { ids: [] as number[], logits: [] as number[] }
  for await (const part of generator.generate(Uint32Array.of(1, 4), { length: 70, temperature: 0.8, seed: 2 }, true)) {
    written.ids.push(...part.ids)
    part.ids.forEach((_, n) => written.logits.push(...part.logits!.subarray(n * generator.stride, n * generator.stride + 7)))
  }
  const parameters = new Map([...(await network.readParameters())].map(([name, values]) => [name, Float64Array.from(values)]))
  const expected = forward(writer, parameters, { ids: Uint32Array.of(1, 4, ...written.ids.slice(0, -1)) }, { batch: 1 })
  expect(worstError(written.logits, expected.logits.slice(7), 1)).toBeLessThan(1e-4)
  for (const one of [trainer, resumed, evaluator, predictor, state, generator, network, loaded]) one.destroy()
})

test('a bare layer has outputs, states and gradients of P columns', async () => {
  const device = await testDevice()
  const [T, B, I, H, P] = [3, 2, 4, 6, 5]
  const layer = await RecurrentLayer.create(device, { cell: 'lstm', input: I, hidden: H, projection: P, steps: T, batch: B, train: true })
  expect(layer.outputs.shape.map(({ size }) => size)).toEqual([T, B, 1, P])
  expect(layer.state('c')!.shape.at(-1)!.size).toBe(H)
  expect(layer.dy!.shape.map(({ size }) => size)).toEqual([T, B, 1, P])
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: H, projection: P }] }
  const values = new Map(
    ['W', 'U', 'b', 'R'].map((name, n) => [
      name,
      numbers(
        layer.parameter(name).value.shape.reduce((n, { size }) => n * size, 1),
        n,
      ),
    ]),
  )
  layer.writeParameters(values)
  const x = numbers(T * B * I, 9)
  layer.write(layer.x, x)
  const encoder = layer.gpu.device.createCommandEncoder()
  layer.encodeForward(encoder)
  layer.gpu.device.queue.submit([encoder.finish()])
  const expected = forward(
    spec,
    new Map([...values].map(([name, v]) => [`layers.0.${name}`, Float64Array.from(v)])),
    { features: Float64Array.from(x) },
    { batch: B },
  )
  expect(worstError(await layer.read(layer.outputs), expected.outputs, 1)).toBeLessThan(1e-5)
  layer.destroy()
})
