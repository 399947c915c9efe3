// Prediction batch after batch says what a single run says, and costs one submit.
import { expect, test, vi } from 'vitest'
import { Network } from '../src/network'
import { Predictor } from '../src/predictor'
import type { RunOptions } from '../src/run'
import type { NetworkSpec } from '../src/spec'
import { asIf, hasWork, offered, testDevice } from './support/kernel'

const [T, B, V] = [6, 5, 7]
const ids = (offset: number, steps = T) => Uint32Array.from({ length: steps * B }, (_, i) => (i * 5 + offset) % V)
const lengths = Uint32Array.from([6, 2, 0, 5, 1])

const nets: [string, NetworkSpec, boolean][] = [
  ['one layer', { input: { ids: V }, layers: [{ cell: 'lstm', hidden: 9 }], head: { classes: V } }, false],
  ['lengths', { input: { ids: V }, layers: [{ cell: 'gru', hidden: 9 }], head: { classes: V } }, true],
  [
    'both directions, two layers',
    {
      input: { ids: V },
      layers: [
        { cell: 'lstm', hidden: 5, bidirectional: true },
        { cell: 'rnn', hidden: 6 },
      ],
      head: { classes: 3 },
    },
    true,
  ],
  ['a head at the last step', { input: { ids: V }, layers: [{ cell: 'gru-reset-after', hidden: 6 }], head: { numbers: 2, at: 'last' } }, true],
]

test.each(nets)('%s: two batches, each as a run of its own', async (_, spec, short) => {
  const network = await Network.create({ device: await testDevice(), ...spec })
  // As a run has it, to be the same to the bit.
  const { name: strategy } = network.gpu.tuning.strategy
  const predictor = await Predictor.create(network, { steps: T, batch: B, strategy })
  const given = short ? { lengths } : {}
  const [first, second] = await Promise.all([predictor.predict({ ids: ids(0), ...given }), predictor.predict({ ids: ids(3), ...given })])
  for (const [got, offset] of [
    [first, 0],
    [second, 3],
  ] as const) {
    const { logits } = await network.run({ steps: T, batch: B, ids: ids(offset), ...given })
    expect([...got]).toEqual([...logits])
  }
  expect([...first]).not.toEqual([...second])
  predictor.destroy()
  network.destroy()
})

test('features; a state carried over continues the batch before; one submit a batch', async () => {
  const network = await Network.create({ device: await testDevice(), input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 8 }], head: { numbers: 2 } })
  const whole = Float32Array.from({ length: 2 * T * B * 3 }, (_, i) => Math.sin(i))
  const { logits } = await network.run({ steps: 2 * T, batch: B, features: whole })
  const predictor = await Predictor.create(network, { steps: T, batch: B })
  const submit = vi.spyOn(GPUQueue.prototype, 'submit')
  const first = await predictor.predict({ features: whole.slice(0, T * B * 3) })
  const second = await predictor.predict({ features: whole.slice(T * B * 3), fresh: false })
  expect(submit.mock.calls.filter(([buffers]) => hasWork(buffers)).length).toBe(2)
  submit.mockRestore()
  expect([...first, ...second]).toEqual([...logits])
  predictor.destroy()
  network.destroy()
})

test('the strategy is the fastest, or the one that is named', async () => {
  const network = await Network.create({ device: await testDevice(), input: { ids: V }, layers: [{ cell: 'lstm', hidden: 9 }], head: { classes: V } })
  const made: Float32Array[] = []
  const predictors = await Promise.all(
    ([undefined, 'auto', 'fastest', 'fused-4', 'per-step-4'] as const).map((strategy) =>
      Predictor.create(network, { steps: T, batch: B, ...(strategy && { strategy }) }),
    ),
  )
  const strategies = predictors.map(({ plan }) => plan.tuning.strategy.name)
  const candidates = await offered(network, { steps: T, batch: B })
  expect(strategies.slice(0, 2)).toEqual([candidates[0], candidates[0]])
  expect(candidates).toContain(strategies[2])
  expect(strategies.slice(3)).toEqual(['fused-4', 'per-step-4'])
  // The recurrence and the head: of a whole recurrence one dispatch each.
  expect(predictors[3]!.plan.dispatches).toBe(2)
  expect(predictors[4]!.plan.dispatches).toBe(T + 1)
  for (const predictor of predictors) {
    made.push(await predictor.predict({ ids: ids(0) }))
    predictor.destroy()
  }
  for (const logits of made) logits.forEach((value, i) => expect(Math.abs(value - made[0]![i]!)).toBeLessThan(1e-5))
  await expect(Predictor.create(network, { steps: T, batch: B, strategy: 'fast' as 'auto' })).rejects.toThrow(/strategy is "fast".*expected one of resident-16/)
  network.destroy()
})

test('what cannot be predicted is refused', async () => {
  const device = await testDevice()
  const headless = await Network.create({ device, input: { ids: V }, layers: [{ cell: 'rnn', hidden: 4 }] })
  await expect(Predictor.create(headless, { steps: T, batch: B })).rejects.toThrow(/no head/)
  const both = await Network.create({ device, input: { ids: V }, layers: [{ cell: 'rnn', hidden: 4, bidirectional: true }], head: { classes: V } })
  const predictor = await Predictor.create(both, { steps: T, batch: B })
  await expect(predictor.predict({ ids: ids(0), fresh: false })).rejects.toThrow(/bidirectional/)
  await expect(predictor.predict({ ids: ids(0, T - 1) })).rejects.toThrow(/ids/)
  predictor.destroy()
  headless.destroy()
  both.destroy()
})

test('several streams on one network: each goes on from its own state, which is read, written and begun anew by rows', async () => {
  const network = await Network.create({
    device: await testDevice(),
    input: { features: 3 },
    layers: [
      { cell: 'lstm', hidden: 5, bidirectional: true },
      { cell: 'gru', hidden: 6, learnInitial: true },
    ],
    head: { numbers: 2 },
  })
  network.writeParameters(new Map([['layers.1.h0', Float32Array.of(0.5, -0.5, 0.25, 0.1, 0.2, 0.3)]]))
  const predictor = await Predictor.create(network, { steps: 3, batch: 2, strategy: network.gpu.tuning.strategy.name })
  const features = (seed: number) => Float32Array.from({ length: 3 * 2 * 3 }, (_, i) => Math.sin(seed + i))
  const [one, other] = [await predictor.state(), await predictor.state()]
  const firsts = [predictor.predict({ features: features(1), state: one }), predictor.predict({ features: features(2), state: other })]
  const run = (seed: number, initial?: RunOptions['initial']) => network.run({ steps: 3, batch: 2, features: features(seed), ...(initial && { initial }) })
  const [a, b] = [await run(1), await run(2)]
  expect([...(await firsts[0]!)]).toEqual([...a.logits])
  expect([...(await firsts[1]!)]).toEqual([...b.logits])
  expect(await one.read()).toEqual(a.final)

  // Each goes on with its own.
  const second = await predictor.predict({ features: features(3), state: one })
  const c = await run(3, a.final)
  expect([...second]).toEqual([...c.logits])
  expect(await other.read()).toEqual(b.final)

  // A row of length 0 keeps its state; another stream takes a row over; a row begins anew.
  await predictor.predict({ features: features(4), lengths: Uint32Array.of(0, 3), state: one })
  expect((await one.read([0]))[0]!.c).toEqual(c.final[0]!.c!.slice(0, 10))
  other.write(await one.read([0]), [1])
  const rows = await other.read([1, 0])
  expect(rows[0]!.h).toEqual(Float32Array.of(...c.final[0]!.h.slice(0, 10), ...b.final[0]!.h.slice(0, 10)))
  other.reset([0])
  const [lstm, gru] = await other.read([0])
  expect([...lstm!.c!]).toEqual(Array(10).fill(0))
  expect(gru!.h).toEqual(Float32Array.of(0.5, -0.5, 0.25, 0.1, 0.2, 0.3))

  await expect(predictor.predict({ features: features(1), fresh: false })).rejects.toThrow(/fresh is false, but the batch before had a state/)
  const fresh = await predictor.predict({ features: features(1), state: one, fresh: true })
  expect([...fresh]).toEqual([...a.logits])
  for (const made of [one, other, predictor, network]) made.destroy()
  await expect(one.read()).rejects.toThrow(/this state was destroyed/)
})

test('a single step is predicted by kernels that compile soon', async () => {
  const network = await Network.create({
    device: asIf(await testDevice(), true),
    input: { ids: V },
    layers: [{ cell: 'rnn', hidden: 4 }],
    head: { classes: 3 },
  })
  const [single, several] = [await Predictor.create(network, { steps: 1, batch: B }), await Predictor.create(network, { steps: 2, batch: B })]
  expect([single, several].map(({ plan }) => plan.tuning.strategy.name)).toEqual(['tile-16', 'resident-16'])
  for (const made of [single, several, network]) made.destroy()
})
