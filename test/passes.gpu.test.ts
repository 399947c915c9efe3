// The passes of a training step one by one: the same as a step, a loss of one's own on the CPU and on the GPU, gradient accumulation.
import { expect, test } from 'vitest'
import { Network } from '../src/network'
import { adam, sgd } from '../src/optimizer'
import type { NetworkSpec } from '../src/spec'
import { Trainer } from '../src/trainer'
import { failure } from './support/failure'
import { testDevice, worstError } from './support/kernel'

const [T, B, V] = [4, 4, 5]
const spec: NetworkSpec = {
  input: { ids: V, embedding: 3 },
  layers: [
    { cell: 'rnn', hidden: 6 },
    { cell: 'rnn', hidden: 6 },
  ],
  head: { classes: V },
}
/** Its masks are by row and step of the training, so that only the same rows at the same step draw the same. */
const dropping: NetworkSpec = {
  ...spec,
  layers: [
    { cell: 'rnn', hidden: 6, inputDropout: 0.2 },
    { cell: 'rnn', hidden: 6, recurrentDropout: 0.2 },
  ],
  dropout: 0.3,
}
const ids = (seed: number, rows = B) => Uint32Array.from({ length: T * rows }, (_, i) => (i * 3 + seed) % V)
const lengths = Uint32Array.of(4, 2, 3, 4)

/** dL/d(logits) of the mean cross-entropy, as a caller would compute it. */
function gradientOf(logits: Float32Array, targets: Uint32Array, counts: (row: number) => boolean): Float32Array<ArrayBuffer> {
  const rows = targets.length
  const counted = Array.from({ length: rows }, (_, row) => row).filter(counts).length
  const gradient = new Float32Array(logits.length)
  for (let row = 0; row < rows; row++) {
    if (!counts(row)) continue
    const exps = Array.from(logits.subarray(row * V, (row + 1) * V), Math.exp)
    const sum = exps.reduce((a, b) => a + b, 0)
    exps.forEach((e, v) => (gradient[row * V + v] = (e / sum - Number(v === targets[row])) / counted))
  }
  return gradient
}

const all = async (network: Network) => [...(await network.readParameters()).values()].flatMap((values) => [...values])

test('forward, backward and apply are a step, to the bit; so is a gradient of the logits, to rounding', async () => {
  const network = await Network.create({ device: await testDevice(), ...dropping })
  const initial = await network.readParameters()
  const options = { steps: T, batch: B, optimizer: adam({ rate: 1e-2 }), clipNorm: 0.5, seed: 4 }
  const whole = await Trainer.create(network, options)
  const results = []
  for (const [seed, fresh] of [
    [0, true],
    [1, false],
  ] as const)
    results.push(await whole.step({ ids: ids(seed), targets: ids(seed + 1), lengths, fresh }))
  const expected = await all(network)

  const own = network.gpu.device.createBuffer({ size: T * B * 8 * 4, usage: 0x04 | 0x08 })
  const counts = (row: number) => Math.floor(row / B) < lengths[row % B]!
  for (const way of ['built in', 'on the CPU', 'on the GPU'] as const) {
    network.writeParameters(initial)
    const trainer = await Trainer.create(network, { ...options, passes: true })
    for (const [seed, fresh] of [
      [0, true],
      [1, false],
    ] as const) {
      const targets = ids(seed + 1)
      const logits = await trainer.forward({ ids: ids(seed), lengths, fresh, ...(way === 'built in' && { targets }) })
      const gradient = gradientOf(logits, targets, counts)
      if (way === 'built in') expect(await trainer.backward()).toBeCloseTo(results[seed]!.loss, 5)
      else if (way === 'on the CPU') await trainer.backward({ logitGradients: gradient })
      else {
        const padded = new Float32Array(T * B * 8)
        for (let i = 0; i < gradient.length; i++) padded[Math.floor(i / V) * 8 + (i % V)] = gradient[i]!
        network.gpu.device.queue.writeBuffer(own, 0, padded)
        await trainer.backward({ encode: (encoder, { buffer, offset, size }) => encoder.copyBufferToBuffer(own, 0, buffer, offset, size) })
      }
      const { step, gradientNorm, rate } = await trainer.apply()
      expect({ step, rate }).toEqual({ step: seed, rate: 1e-2 })
      expect(Math.abs(gradientNorm / results[seed]!.gradientNorm - 1)).toBeLessThan(way === 'built in' ? 1e-30 : 1e-4)
    }
    const made = await all(network)
    if (way === 'built in') expect(made).toEqual(expected)
    // Adam divides by the square root of small gradients, which magnifies roundings.
    else expect(worstError(made, expected, 1)).toBeLessThan(1e-4)
    trainer.destroy()
  }
  own.destroy()
  whole.destroy()
  network.destroy()
})

test('gradients of two halves add up to those of the whole batch', async () => {
  const network = await Network.create({ device: await testDevice(), ...spec })
  const initial = await network.readParameters()
  const optimizer = sgd({ rate: 0.5 })
  const whole = await Trainer.create(network, { steps: T, batch: B, optimizer, clipNorm: 1 })
  const { gradientNorm } = await whole.step({ ids: ids(2), targets: ids(3) })
  const expected = await all(network)

  network.writeParameters(initial)
  const trainer = await Trainer.create(network, { steps: T, batch: 2, optimizer, clipNorm: 1, passes: true })
  const half = (values: Uint32Array, first: number) => Uint32Array.from({ length: T * 2 }, (_, i) => values[Math.floor(i / 2) * B + first + (i % 2)]!)
  for (const first of [0, 2]) {
    await trainer.forward({ ids: half(ids(2), first), targets: half(ids(3), first) })
    await trainer.backward({ scale: 0.5 })
  }
  expect((await failure(() => trainer.step({ ids: half(ids(2), 0), targets: half(ids(3), 0) }))).message).toMatch(/Call apply first/)
  const applied = await trainer.apply()
  expect(Math.abs(applied.gradientNorm / gradientNorm - 1)).toBeLessThan(1e-5)
  expect(worstError(await all(network), expected, 1)).toBeLessThan(1e-6)

  expect((await failure(() => trainer.apply())).message).toMatch(/needs a backward pass before it/)
  expect((await failure(() => trainer.backward())).message).toMatch(/Call forward first/)
  await trainer.forward({ ids: half(ids(2), 0) })
  expect((await failure(() => trainer.backward())).message).toMatch(/had no targets/)
  expect((await failure(() => trainer.backward({ logitGradients: new Float32Array(3) }))).code).toBe('bad-shape')
  expect((await failure(() => whole.forward({ ids: ids(0) }))).message).toMatch(/create it with passes: true/)
  for (const made of [whole, trainer, network]) made.destroy()
})

test('a carried batch goes on from the one before and teaches no initial state, in steps and in passes', async () => {
  const [below, above] = spec.layers
  const network = await Network.create({ device: await testDevice(), ...spec, layers: [{ ...below!, learnInitial: true }, above!] })
  const initial = new Map(await network.readParameters()).set('layers.0.h0', Float32Array.of(0.5, -0.5, 0.25, 0, 0.1, -0.2))
  network.writeParameters(initial)
  const options = { steps: T, batch: B, optimizer: sgd({ rate: 0.1 }) }
  const whole = await Trainer.create(network, options)
  await whole.step({ ids: ids(0), targets: ids(1) })
  const after = await network.readParameters()
  expect([...after.get('layers.0.h0')!]).not.toEqual([...initial.get('layers.0.h0')!])
  const between = await whole.snapshot()
  const { loss, gradientNorm } = await whole.step({ ids: ids(2), targets: ids(3), fresh: false })
  const last = await network.readParameters()
  expect([...last.get('layers.0.h0')!]).toEqual([...after.get('layers.0.h0')!])
  expect([...last.get('layers.0.U')!]).not.toEqual([...after.get('layers.0.U')!])
  // The same as a run that begins with the states that were carried.
  network.writeParameters(after)
  const states = [0, 1].map((l) => ({ h: between.training.carried.get(`layers.${l}.h`)! }))
  const run = await network.run({ steps: T, batch: B, ids: ids(2), targets: ids(3), initial: states, gradients: true })
  expect(worstError([loss, gradientNorm], [run.loss, run.gradients!.norm], 1)).toBeLessThan(1e-6)

  const trainer = await Trainer.create(network, { ...options, passes: true })
  network.writeParameters(initial)
  for (const [seed, fresh] of [
    [0, true],
    [2, false],
  ] as const) {
    // prettier-ignore
    await trainer.forward({ ids: ids(seed), targets: ids(seed + 1), fresh })
    await trainer.backward()
    await trainer.apply()
  }
  const flat = (values: ReadonlyMap<string, Float32Array>) => [...values.values()].flatMap((v) => [...v])
  expect(await all(network)).toEqual(flat(last))
  // Resumed it goes on to the bit; a file from before such networks could carry goes on from the learned states.
  trainer.restore(between)
  await trainer.step({ ids: ids(2), targets: ids(3), fresh: false })
  expect(await all(network)).toEqual(flat(last))
  trainer.restore({ ...between, training: { ...between.training, carried: new Map() } })
  const resumed = await trainer.step({ ids: ids(2), targets: ids(3), fresh: false })
  network.writeParameters(after)
  expect(resumed.loss).toBeCloseTo((await network.run({ steps: T, batch: B, ids: ids(2), targets: ids(3) })).loss, 6)
  for (const made of [whole, trainer, network]) made.destroy()
})
