// What a run says is of one moment, whatever else the network does; and no number in is no number out.
import { expect, test } from 'vitest'
import { cellNames, Network, Predictor, sgd, Trainer, type NetworkSpec } from 'sluice'
import { failure } from './support/failure'
import { numbers, testDevice } from './support/kernel'
import { plantWeight } from './support/plant'

const [T, B, I] = [4, 3, 2]
const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: 6 }], head: { numbers: 1, at: 'last' } }
const network = async (of = spec) => Network.create({ device: await testDevice(), ...of, seed: 1 })
const batch = (seed: number) => ({ features: numbers(T * B * I, seed), targets: numbers(B, seed + 1) })
const shape = { steps: T, batch: B }

test('runs and a training step at the same time: each has what it has alone', async () => {
  const net = await network()
  const trainer = await Trainer.create(net, { ...shape, optimizer: sgd({ rate: 0 }) })
  const run = (seed: number) => net.run({ ...shape, ...batch(seed), gradients: true, inspect: true })
  const alone = [await run(3), await run(5)]
  const running = [run(3), trainer.step(batch(7)), run(5), trainer.step(batch(9))] as const
  expect([await running[0], await running[2]]).toEqual(alone)
  expect(alone[0]!.gradients!.parameters).not.toEqual(alone[1]!.gradients!.parameters)
  await Promise.all(running)
  trainer.destroy()
  net.destroy()
})

test.each(cellNames)('%s: of a weight that is no number come a loss and outputs that are none', async (cell) => {
  const net = await network({ ...spec, layers: [{ cell, hidden: 6 }] })
  plantWeight(net, 'layers.0.W', NaN)
  for (const strategy of ['tile-16', 'resident-16'] as const) {
    const { loss, logits } = await net.run({ ...shape, ...batch(1), strategy })
    expect([loss, ...logits], strategy).toEqual(Array(1 + B).fill(NaN))
  }
  net.destroy()
})

test('of logits that are no numbers comes no finite cross-entropy', async () => {
  const net = await network({ ...spec, head: { classes: 5 } })
  plantWeight(net, 'head.b', NaN, 1)
  expect((await net.run({ ...shape, features: numbers(T * B * I), targets: new Uint32Array(T * B) })).loss).not.toSatisfy(Number.isFinite)
  net.destroy()
})

test('what lies past the end of a row may be anything; before it, numbers', async () => {
  const net = await network()
  const lengths = Uint32Array.of(4, 2, 0)
  const { features, targets } = batch(1)
  const filled = features.map((v, i) => (Math.floor(i / I / B) < lengths[Math.floor(i / I) % B]! ? v : NaN))
  const trainer = await Trainer.create(net, { ...shape, optimizer: sgd({ rate: 0 }) })
  const predictor = await Predictor.create(net, shape)
  expect(filled.some(Number.isNaN)).toBe(true)
  for (const work of [
    (x: Float32Array) => net.run({ ...shape, features: x, targets, lengths, gradients: true }),
    (x: Float32Array) => trainer.step({ features: x, targets, lengths }).then(({ loss, gradientNorm }) => ({ loss, gradientNorm })),
    (x: Float32Array) => predictor.predict({ features: x, lengths }),
  ])
    expect(await work(filled)).toEqual(await work(features))
  filled[1] = Infinity
  const error = await failure(() => trainer.step({ features: filled, targets, lengths }))
  expect(error).toMatchObject({ code: 'bad-value', message: expect.stringMatching(/^features\[1\] is Infinity, expected a finite number\. Fill in/) })
  trainer.destroy()
  predictor.destroy()
  net.destroy()
})
