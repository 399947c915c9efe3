// Rows by the ten thousand: a batch of more rows than a dispatch may have workgroups in a dimension is made as any other.
import { expect, test } from 'vitest'
import { adam, Network, Predictor, sgd, Trainer, type LayerSpec, type NetworkSpec } from 'sluice'
import { cellNames } from '../src/cells'
import { flatGrid, mostWorkgroups } from '../src/gpu/plan'
import type { StrategyName } from '../src/gpu/strategy'
import { numbers, runKernel, testDevice, worstError } from './support/kernel'
import { sampled } from './support/sampled'

/** The rows at both ends, and where a dimension of a grid ends. */
const rowsToTry = (B: number) => [0, 1, 65534, 65535, 65536, B - 1].filter((b) => b < B)

const specOf = (cell: LayerSpec['cell'], rest: Partial<LayerSpec> = {}): NetworkSpec => ({
  input: { features: 1 },
  layers: [{ cell, hidden: 4, ...rest }],
  head: { numbers: 1, at: 'last' },
})

/** Whether rows predicted among many are what they are in a batch of those few alone. */
async function predicted(spec: NetworkSpec, { steps, batch, strategy }: { steps: number; batch: number; strategy?: StrategyName }): Promise<void> {
  const network = await Network.create({ device: await testDevice(), seed: 1, ...spec })
  const rows = rowsToTry(batch)
  const features = numbers(steps * batch)
  const predict = async (rowsOfBatch: number, of: Float32Array) => {
    const predictor = await Predictor.create(network, { steps, batch: rowsOfBatch, strategy: strategy ?? network.gpu.tuning.strategy.name })
    const y = await predictor.predict({ features: of })
    const largest = Math.max(...predictor.plan.commands.flatMap((command) => (command.kind === 'dispatch' ? command.workgroups : [])))
    predictor.destroy()
    expect(largest).toBeLessThanOrEqual(mostWorkgroups)
    return y
  }
  const all = await predict(batch, features)
  const few = await predict(
    rows.length,
    Float32Array.from({ length: steps * rows.length }, (_, i) => features[Math.floor(i / rows.length) * batch + rows[i % rows.length]!]!),
  )
  const last = (y: Float32Array, b: number, B: number) => (spec.head!.at === 'last' ? y[b]! : y[(steps - 1) * B + b]!)
  expect(
    worstError(
      rows.map((b) => last(all, b, batch)),
      rows.map((_, i) => last(few, i, rows.length)),
      1,
    ),
  ).toBeLessThan(1e-6)
  network.destroy()
}

const many: { what: string; rest: Partial<LayerSpec>; shape: { steps: number; batch: number; strategy?: StrategyName } }[] = [
  { what: '65,536 rows', rest: {}, shape: { steps: 2, batch: 65536 } },
  { what: '70,000 rows, both directions', rest: { learnInitial: true, bidirectional: true }, shape: { steps: 2, batch: 70000 } },
  // Tiles of 4 rows: more than 65535 of them.
  { what: '270,000 rows in tiles of four, a dispatch a step', rest: {}, shape: { steps: 1, batch: 270_000, strategy: 'tile-4' } },
]
const cases = cellNames.flatMap((cell) => many.map((one) => ({ cell, ...one })))
test.each(sampled(cases, { axes: { cell: ({ cell }) => cell, what: ({ what }) => what } }))('$cell: $what', ({ cell, rest, shape }) =>
  predicted(specOf(cell, rest), shape),
)

test('tiles of four by workgroups that hold U, and by those that loop over time', async () => {
  await predicted(specOf('gru'), { steps: 2, batch: 270_000, strategy: 'resident-4' })
})

test('20,000 steps', async () => {
  const network = await Network.create({ device: await testDevice(), seed: 1, ...specOf('gru') })
  const [steps, batch] = [20_000, 2]
  const features = numbers(steps * batch)
  const predictor = await Predictor.create(network, { steps, batch, strategy: network.gpu.tuning.strategy.name })
  const y = await predictor.predict({ features })
  // A row alone, and the last thousand steps from any state: a GRU forgets.
  const alone = await network.run({ steps, batch: 1, features: features.filter((_, i) => i % batch === 1) })
  const tail = await network.run({ steps: 1000, batch: 1, features: features.filter((_, i) => i % batch === 1).slice(-1000) })
  expect(worstError([y[1]!], [alone.logits[0]!], 1)).toBeLessThan(1e-6)
  expect(worstError([y[1]!], [tail.logits[0]!], 1)).toBeLessThan(1e-5)
  predictor.destroy()
  network.destroy()
})

// A gradient over twice the rows, each given twice, is that over the rows once: the mean is over them.
test.each<[string, NetworkSpec, StrategyName | undefined]>([
  ['rnn', { ...specOf('rnn', { learnInitial: true }) }, undefined],
  ['lstm', { ...specOf('lstm', { peepholes: true, bidirectional: true }) }, 'tile-4'],
  ['gru', { ...specOf('gru'), head: { numbers: 1 } }, 'resident-4'],
  ['gru-reset-after', specOf('gru-reset-after'), undefined],
  ['rnn-relu', { ...specOf('rnn-relu'), input: { ids: 3, embedding: 4 }, head: { classes: 3, at: 'last' } }, 'tile-4'],
])('%s: training on 70,000 rows is training on the 7 that they repeat', async (_, spec, strategy) => {
  const steps = 1
  const train = async (batch: number) => {
    const network = await Network.create({ device: await testDevice(), seed: 1, ...spec })
    const trainer = await Trainer.create(network, { steps, batch, optimizer: sgd({ rate: 1 }), strategy: strategy ?? network.gpu.tuning.strategy.name })
    const seven = numbers(7, 5)
    const repeated = Float32Array.from({ length: batch }, (_, b) => seven[b % 7]!)
    const inputs = 'ids' in spec.input ? { ids: Uint32Array.from(repeated, (_, b) => (b % 7) % 3) } : { features: repeated }
    const targets = 'classes' in spec.head! ? Uint32Array.from(repeated, (_, b) => (b % 7) % 2) : Float32Array.from(repeated, (x) => 2 * x)
    const { loss, gradientNorm } = await trainer.step({ ...inputs, targets })
    const after = await network.readParameters()
    trainer.destroy()
    network.destroy()
    return { loss, gradientNorm, after }
  }
  const [many, few] = [await train(70_000), await train(7)]
  expect(worstError([many.loss, many.gradientNorm], [few.loss, few.gradientNorm], 1e-3)).toBeLessThan(1e-3)
  for (const [name, values] of many.after) expect(worstError(values, few.after.get(name)!, 1), name).toBeLessThan(1e-3)
})

test('training on 1,080,000 rows and steps, in tiles of which there are more than a dimension has', async () => {
  const spec: NetworkSpec = { ...specOf('rnn', { learnInitial: true }), head: { numbers: 1 } }
  const steps = 4
  const train = async (batch: number) => {
    const network = await Network.create({ device: await testDevice(), seed: 1, ...spec })
    const trainer = await Trainer.create(network, { steps, batch, optimizer: sgd({ rate: 1 }), strategy: 'tile-4' })
    const features = Float32Array.from({ length: steps * batch }, (_, i) => Math.sin(((i % batch) % 5) + Math.floor(i / batch)))
    const { loss, gradientNorm } = await trainer.step({ features, targets: features.map((x) => 2 * x) })
    trainer.destroy()
    network.destroy()
    return [loss, gradientNorm]
  }
  expect(worstError(await train(270_000), await train(5), 1e-3)).toBeLessThan(1e-2)
})

test('the loss of more rows than workgroups of 64 have in a dimension', async () => {
  const rows = mostWorkgroups * 64 + 100
  const { losses, outputs } = await runKernel('loss/squared_error', {
    size: { rows, stride4: 1 },
    grid: flatGrid(rows, 64),
    data: {
      control: Float32Array.from({ length: 16 }, () => 1),
      targets: new Float32Array(4 * rows),
      weights: new Float32Array(rows).fill(1),
      outputs: Float32Array.from({ length: 4 * rows }, (_, i) => (i % 4 === 0 ? (i / 4) % 7 : 0)),
      losses: new Float32Array(rows),
    },
  })
  for (const n of [0, 1, rows - 101, rows - 100, rows - 1]) {
    expect(losses[n]).toBe((n % 7) ** 2)
    expect(outputs[4 * n]).toBe(2 * (n % 7))
  }
})

test('more ids than a dimension has workgroups', async () => {
  const ids = 200_000
  const network = await Network.create({
    device: await testDevice(),
    seed: 1,
    input: { ids, embedding: 4 },
    layers: [{ cell: 'rnn', hidden: 4 }],
    head: { numbers: 1, at: 'last' },
  })
  const before = (await network.readParameters()).get('embedding')!
  const trainer = await Trainer.create(network, { steps: 3, batch: 1, optimizer: adam({ rate: 0.1 }), strategy: network.gpu.tuning.strategy.name })
  const read = Uint32Array.of(0, 65_536, ids - 1)
  await trainer.step({ ids: read, targets: Float32Array.of(3) })
  const after = (await network.readParameters()).get('embedding')!
  const moved = new Set([...after].flatMap((x, i) => (x === before[i] ? [] : [Math.floor(i / 4)])))
  expect([...moved]).toEqual([...read])
  trainer.destroy()
  network.destroy()
})

test('more classes than a dimension has workgroups', async () => {
  const V = 1_060_000
  const network = await Network.create({
    device: await testDevice(),
    seed: 1,
    input: { features: 1 },
    layers: [{ cell: 'rnn', hidden: 4 }],
    head: { classes: V, at: 'last' },
  })
  const trainer = await Trainer.create(network, { steps: 1, batch: 1, optimizer: sgd({ rate: 1 }), strategy: network.gpu.tuning.strategy.name })
  const before = (await network.readParameters()).get('head.b')!
  const { loss } = await trainer.step({ features: Float32Array.of(0.5), targets: Uint32Array.of(V - 1) })
  const after = (await network.readParameters()).get('head.b')!
  expect(loss).toBeCloseTo(Math.log(V), 0)
  expect(after[V - 1]! - before[V - 1]!).toBeCloseTo(1, 3)
  trainer.destroy()
  network.destroy()
})
