// Gates that are made again on the way back, segment by segment: the same network, in less memory.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { adam, BlankModel, Corpus, memoryOf, Network, RecurrentLayer, sgd, TextModel, Trainer, type NetworkSpec } from 'sluice'
import { cellNames, cells, type CellName } from '../src/cells'
import { Gpu } from '../src/gpu/device'
import { type StrategyName, strategyOf } from '../src/gpu/strategy'
import { directions, parameterShapes, recurrentLayers } from '../src/spec'
import { compare, tolerance, type Case } from './support/agreement'
import { failure } from './support/failure'
import { numbers, testDevice, worstError } from './support/kernel'
import { sampled } from './support/sampled'

afterEach(() => void vi.restoreAllMocks())

async function agree(c: Case): Promise<void> {
  for (const [name, error] of await compare(c)) expect(error, `${name}, in tolerances`).toBeLessThanOrEqual(1)
}

const network = (cell: CellName, more: Partial<NetworkSpec> = {}, ...layers: object[]): NetworkSpec => ({
  input: { ids: 7 },
  layers: (layers.length > 0 ? layers : [{ hidden: 9 }]).map((layer) => ({ cell, hidden: 6, ...layer })),
  head: { classes: 5 },
  ...more,
})
const both = { bidirectional: true }
const lengths = [7, 0, 3, 1, 6]
const cases = (cell: CellName): [string, Case][] => {
  const shape = { steps: 7, batch: 5 }
  return [
    ['ids', { ...shape, spec: network(cell), initial: true }],
    ['one row', { ...shape, batch: 1, spec: network(cell) }],
    ['sizes of no tile', { ...shape, batch: 19, spec: network(cell, {}, { hidden: 37 }) }],
    ['both directions of ids, lengths', { ...shape, spec: network(cell, {}, both), initial: true, lengths }],
    ['an embedding', { ...shape, spec: network(cell, { input: { ids: 7, embedding: 6 } }, both) }],
    [
      'features and their gradient, two layers, both directions, lengths',
      { ...shape, spec: network(cell, { input: { features: 6 } }, both, { hidden: 5, ...both }), initial: true, lengths },
    ],
    ['three layers, dropout, no bias', { ...shape, spec: network(cell, { dropout: 0.4 }, { bias: false }, both, {}), dropoutSeed: 77 }],
    [
      'dropout within the layers, lengths',
      {
        ...shape,
        spec: network(
          cell,
          { input: { features: 6 } },
          { inputDropout: 0.3, recurrentDropout: 0.3, ...both },
          { inputDropout: 0.2, recurrentDropout: 0.4, backwards: true },
        ),
        initial: true,
        lengths,
        dropoutSeed: 7,
      },
    ],
    ['a head of numbers at the last step', { ...shape, spec: network(cell, { head: { numbers: 3, at: 'last' } }, both), lengths, ignore: true }],
    ['no head, given gradients', { ...shape, spec: network(cell, { input: { features: 3 }, head: undefined }, {}, {}), given: true, initial: true }],
    ['learned initial states', { ...shape, spec: network(cell, {}, { learnInitial: true, ...both }, { learnInitial: true }) }],
    ...(cell === 'lstm' ? [false, true] : []).map((bidirectional): [string, Case] => [
      `peepholes, bidirectional ${bidirectional}`,
      { ...shape, spec: network(cell, {}, { peepholes: true, bidirectional }), initial: true, lengths },
    ]),
  ]
}

// Segments of one step; that divide T and that do not; one of all but a step; and what is chosen, ⌈√7⌉ = 3.
const segments = [1, 2, 3, 6, true].flatMap((recompute) => cellNames.flatMap((cell) => cases(cell).map(([name, c]) => ({ recompute, cell, name, c }))))
type Segments = (typeof segments)[number]
const axes = { recompute: (one: Segments) => one.recompute, cell: (one: Segments) => one.cell, name: (one: Segments) => one.name }
test.each(sampled(segments, { axes }))('segments of $recompute: $cell agrees with the reference, $name', ({ c, recompute }) => agree({ ...c, recompute }))

const strategies = (['tile-16', 'resident-16', 'fused-4'] as const).flatMap((strategy) => cellNames.map((cell) => ({ strategy, cell })))
const strategyAxes = { strategy: ({ strategy }: (typeof strategies)[number]) => strategy, cell: ({ cell }: (typeof strategies)[number]) => cell }
test.each(sampled(strategies, { axes: strategyAxes }))('strategy $strategy: $cell, both directions, lengths', ({ strategy, cell }) =>
  agree({ spec: network(cell, { input: { features: 6 } }, both, {}), steps: 7, batch: 5, lengths, initial: true, strategy, recompute: 3 }),
)

test.each(cellNames)('%s: slices of a segment, where a dispatch of all its steps would take too long', async (cell) => {
  const { tuning } = await testDevice()
  vi.spyOn(Gpu.prototype, 'tuning', 'get').mockReturnValue({
    ...tuning,
    strategy: strategyOf('fused-4'),
    workgroupRate: (2 * 2 * 4 * cells[cell].gates.length * 8 ** 2) / 0.05,
  })
  const spec = network(cell, {}, { hidden: 8 })
  const made = await trained(spec, { steps: 11, batch: 5, recompute: 5 })
  // Segments of 5, 5 and 1 steps, in slices of 2: 3 + 3 + 1 forward, 3 + 3 of them again, and as many as forward backward.
  expect(made.trainer.plan.commands.filter(({ label }) => /(for|back)ward s=/.test(label)).length).toBe(7 + 6 + 7)
  await agree({ spec, steps: 11, batch: 5, recompute: 5 })
  made.destroy()
})

/** Trains `spec` on a few batches, the state carried where it can be. */
async function trained(
  spec: NetworkSpec,
  { steps, batch, recompute, strategy }: { steps: number; batch: number; recompute?: boolean | number; strategy?: StrategyName },
) {
  const net = await Network.create({ device: await testDevice(), ...spec, seed: 5 })
  const trainer = await Trainer.create(net, {
    steps,
    batch,
    recompute,
    optimizer: sgd({ rate: 0.5 }),
    strategy: strategy ?? (await testDevice()).tuning.strategy.name,
    seed: 3,
  })
  const one = (k: number) => {
    const ids = Uint32Array.from({ length: steps * batch }, (_, i) => ((i + k) * (i + k)) % 7)
    return trainer.step({ ids, targets: ids.map((id) => id % 5), fresh: k === 0 || recurrentLayers(spec).some(({ layer }) => layer.bidirectional) })
  }
  const results = await Promise.all([0, 1, 2, 3].map(one))
  return { trainer, results, destroy: () => (trainer.destroy(), net.destroy()) }
}

const beside = [1, 2, 3, true].flatMap((recompute) => cellNames.map((cell) => ({ recompute, cell })))
const besideAxes = { recompute: (one: (typeof beside)[number]) => one.recompute, cell: (one: (typeof beside)[number]) => one.cell }
test.each(sampled(beside, { axes: besideAxes }))(
  '$cell, segments of $recompute, beside the same with all gates kept: the same bits forward, the same sums in another order backward',
  async ({ recompute, cell }) => {
    const inside = { recurrentDropout: 0.2, ...both }
    for (const spec of [network(cell, {}, {}, {}), network(cell, { dropout: 0.3 }, inside, { inputDropout: 0.2, ...inside })]) {
      const net = await Network.create({ device: await testDevice(), ...spec })
      net.writeParameters(
        new Map(
          [...parameterShapes(spec)].map(([name, shape], i) => [
            name,
            numbers(
              shape.reduce((a, b) => a * b, 1),
              i + 1,
            ).map((v) => v / 2),
          ]),
        ),
      )
      const [T, B] = [9, 4]
      const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * i) % 7)
      const options = {
        steps: T,
        batch: B,
        ids,
        targets: ids.map((id) => id % 5),
        lengths: Uint32Array.of(9, 5, 0, 8),
        gradients: true,
        dropoutSeed: 3,
        strategy: 'tile-16',
      } as const
      const [kept, made] = [await net.run(options), await net.run({ ...options, recompute })]
      for (const what of ['logits', 'outputs', 'loss', 'final'] as const) expect(made[what], what).toEqual(kept[what])
      const close = (what: string, a: Float32Array, b: Float32Array) =>
        expect(
          worstError(
            a,
            b,
            b.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-6),
          ),
          what,
        ).toBeLessThanOrEqual(tolerance({ spec, steps: T, batch: B }))
      for (const [name, gradient] of kept.gradients!.parameters) close(name, made.gradients!.parameters.get(name)!, gradient)
      kept.gradients!.initial.forEach(({ h, c }, l) => {
        close(`dh0 of layer ${l}`, made.gradients!.initial[l]!.h, h)
        if (c) close(`dc0 of layer ${l}`, made.gradients!.initial[l]!.c!, c)
      })
      net.destroy()
    }
  },
)

const trainings = cellNames.flatMap((cell) => [
  { cell, what: 'two layers, dropout', spec: network(cell, { dropout: 0.3 }, {}, {}) },
  { cell, what: 'both directions', spec: network(cell, {}, both, both) },
])
const trainingAxes = { cell: ({ cell }: (typeof trainings)[number]) => cell, what: ({ what }: (typeof trainings)[number]) => what }
test.each(sampled(trainings, { axes: trainingAxes }))(
  '$cell, $what: a training beside the same with all gates kept has the same losses and norms, batch after batch',
  async ({ spec }) => {
    const shape = { steps: 10, batch: 4 }
    const [kept, made] = [await trained(spec, shape), await trained(spec, { ...shape, recompute: true })]
    expect(made.results[0]!.loss).toBe(kept.results[0]!.loss)
    // What one update is off by the next ones carry on.
    made.results.forEach(({ loss, gradientNorm }, k) => {
      const limit = (k + 1) * tolerance({ spec, ...shape })
      expect(worstError([loss, gradientNorm], [kept.results[k]!.loss, kept.results[k]!.gradientNorm], 0)).toBeLessThanOrEqual(limit)
    })
    for (const { destroy } of [kept, made]) destroy()
  },
)

describe.each(cellNames)('%s, beside the same with all gates kept', (cell) => {
  test('the gates take a segment, and nothing else takes more but the uniforms', async () => {
    for (const spec of [network(cell), network(cell, { input: { features: 3 } }, both, { hidden: 5 })]) {
      const [T, B] = [30, 8]
      const of = (recompute: boolean | number) => memoryOf(spec, { steps: T, batch: B, optimizer: adam(), recompute })
      const kept = of(false)
      for (const [recompute, S] of [
        [1, 1],
        [7, 7],
        [true, 6],
      ] as const) {
        const saved = recurrentLayers(spec).reduce(
          (n, { layer }) => n + (T - S) * B * directions(layer) * (cells[cell].gates.length + (cells[cell].saved ? 1 : 0)) * Math.ceil(layer.hidden / 4) * 16,
          0,
        )
        const { activations, uniforms, total, largest, ...rest } = of(recompute)
        expect(activations).toBe(kept.activations - saved)
        expect(kept).toMatchObject(rest)
        expect(uniforms).toBeGreaterThan(kept.uniforms)
        expect(total).toBe(kept.total - saved + uniforms - kept.uniforms)
      }
      // A segment of all steps, or of more, is none.
      for (const recompute of [T, 1000]) expect(of(recompute)).toEqual(kept)
    }
  })
})

const forwards = cellNames.flatMap((cell) => [
  { cell, what: 'two layers', spec: network(cell, {}, {}, {}) },
  { cell, what: 'features, both directions', spec: network(cell, { input: { features: 3 } }, both) },
])
test.each(sampled(forwards, { axes: { cell: ({ cell }) => cell, what: ({ what }) => what } }))(
  '$cell, $what: a run that does not go back keeps the gates of a segment too, and says the same bits',
  async ({ cell, spec }) => {
    // 4096 rows are 41 steps of 100: the first segment; the second has 9.
    const [T, B] = [50, 100]
    const net = await Network.create({ device: await testDevice(), ...spec })
    const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * i) % 7)
    const input = 'ids' in spec.input ? { ids } : { features: numbers(T * B * 3) }
    const options = { steps: T, batch: B, ...input, lengths: Uint32Array.from({ length: B }, (_, b) => (b * 7) % (T + 1)), targets: ids.map((id) => id % 5) }
    const { trace: inside, ...kept } = await net.run({ ...options, inspect: true })
    expect(await net.run(options)).toEqual(kept)
    expect(await net.run({ ...options, recompute: 4 })).toEqual(kept)
    // What five steps more take is states, outputs and inputs, and no gates.
    const [of50, of45] = [T, 45].map((steps) => memoryOf(spec, { steps, batch: B }).activations)
    const perStep =
      B * 4 * recurrentLayers(spec).reduce((n, { layer }) => n + directions(layer) * Math.ceil(layer.hidden / 4) * 4 * cells[cell].states.length, 0)
    const rest = ('features' in spec.input ? 4 : 0) + 8 + 1 // x, logits and losses of a row
    expect(of50! - of45!).toBe(5 * (perStep + B * 4 * rest))
    net.destroy()
  },
)

test('a bare layer', async () => {
  const [T, B, I, H] = [7, 3, 5, 6]
  const results = []
  for (const recompute of [false, 3]) {
    const layer = await RecurrentLayer.create(await testDevice(), {
      cell: 'lstm',
      input: I,
      hidden: H,
      bidirectional: true,
      steps: T,
      batch: B,
      train: true,
      recompute,
    })
    layer.writeParameters(
      new Map([
        ['W', numbers(I * 2 * 4 * H, 1)],
        ['U', numbers(2 * H * 4 * H, 2)],
        ['b', numbers(2 * 4 * H, 3)],
      ]),
    )
    layer.write(layer.x, numbers(T * B * I, 4))
    layer.write(layer.dy!, numbers(T * B * 2 * H, 5))
    const encoder = layer.gpu.device.createCommandEncoder()
    layer.encodeForward(encoder)
    layer.encodeBackward(encoder)
    layer.gpu.device.queue.submit([encoder.finish()])
    results.push(
      await Promise.all(
        [layer.outputs, layer.dx!, layer.stateGradient('h')!, layer.stateGradient('c')!, ...['W', 'U', 'b'].map((name) => layer.parameter(name).gradient)].map(
          (tensor) => layer.read(tensor),
        ),
      ),
    )
    layer.destroy()
  }
  const [kept, made] = results as [Float32Array[], Float32Array[]]
  expect(made[0]).toEqual(kept[0])
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: H, bidirectional: true }] }
  kept.forEach((values, i) =>
    expect(worstError(made[i]!, values, Math.max(...values.map(Math.abs)))).toBeLessThanOrEqual(tolerance({ spec, steps: T, batch: B })),
  )
})

test('text models hand the option on', async () => {
  const corpus = Corpus.fromText('to and fro and to and fro '.repeat(20))
  for (const kind of [TextModel, BlankModel]) {
    const firstSteps = async (recompute: boolean | number) => {
      const model = await kind.create({ vocabulary: corpus.vocabulary, hidden: 8, device: await testDevice() })
      const losses = []
      for await (const { step, loss } of model.train(corpus, { batch: 2, steps: 9, recompute, optimizer: sgd({ rate: 1 }) })) {
        losses.push(loss)
        if (step === 2) break
      }
      model.network.destroy()
      return losses
    }
    const [kept, made] = [await firstSteps(false), await firstSteps(4)]
    expect(made[0]).toBe(kept[0])
    expect(worstError(made, kept, 0)).toBeLessThanOrEqual(3 * tolerance({ spec: network('lstm', {}, { hidden: 8, ...both }), steps: 9, batch: 2 }))
    expect((await failure(() => firstSteps(0))).message).toMatch(/recompute is 0/)
  }
})

test.each([0, -1, 2.5, NaN, Infinity, '3', null, {}])('recompute %j is refused', async (recompute) => {
  const net = await Network.create({ device: await testDevice(), ...network('gru') })
  const shape = { steps: 3, batch: 2, recompute } as never as { steps: number; batch: number; recompute: number }
  const ids = new Uint32Array(6)
  for (const work of [
    () => Trainer.create(net, { ...shape, optimizer: adam() }),
    () => net.run({ ...shape, ids }),
    () => memoryOf(network('gru'), { ...shape, optimizer: adam() }),
    () => RecurrentLayer.create(net.gpu, { ...shape, cell: 'rnn', input: 2, hidden: 2 }),
  ]) {
    const error = await failure(work)
    expect(error.code).toBe('bad-value')
    expect(error.message).toMatch(/^recompute is .*, expected true, false or a whole number of at least 1: of how many steps the gates are kept at a time$/)
  }
  net.destroy()
})

test('nothing to inspect where gates are not kept', async () => {
  const net = await Network.create({ device: await testDevice(), ...network('gru') })
  const error = await failure(() => net.run({ steps: 3, batch: 2, ids: new Uint32Array(6), inspect: true, recompute: 2 }))
  expect(error.message).toMatch(/inspect returns the gates of all steps, but with recompute: 2/)
  net.destroy()
})
