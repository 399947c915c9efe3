// An evaluation has the loss of a single run, to the bit, and costs one submit a batch; both text models are evaluated by it.
import { expect, test, vi } from 'vitest'
import { Evaluator } from '../src/evaluator'
import { Network } from '../src/network'
import { ignored, type NetworkSpec } from '../src/spec'
import { evaluationWindows } from '../src/text/batches'
import { Corpus } from '../src/text/corpus'
import { TextModel } from '../src/text/text-model'
import { hasWork, testDevice } from './support/kernel'

const [T, B, V] = [6, 5, 7]
const ids = (offset: number, steps = T) => Uint32Array.from({ length: steps * B }, (_, i) => (i * 5 + offset) % V)
const lengths = Uint32Array.from([6, 2, 0, 5, 1])
const classes: NetworkSpec = { input: { ids: V }, layers: [{ cell: 'lstm', hidden: 9 }], head: { classes: V } }

test('loss, logits and the number of targets that count', async () => {
  const network = await Network.create({ device: await testDevice(), ...classes })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B, logits: true })
  const targets = ids(3)
  targets[0] = targets[1] = targets[28] = ignored // the last one lies past the end of its row as well
  const submit = vi.spyOn(GPUQueue.prototype, 'submit')
  const results = await Promise.all([evaluator.evaluate({ ids: ids(0), targets, lengths }), evaluator.evaluate({ ids: ids(2), targets: ids(1) })])
  expect(submit.mock.calls.filter(([buffers]) => hasWork(buffers)).length).toBe(2)
  submit.mockRestore()
  expect(results.map(({ counted }) => counted)).toEqual([6 + 2 + 5 + 1 - 2, T * B])
  const runs = [
    await network.run({ steps: T, batch: B, ids: ids(0), targets, lengths }),
    await network.run({ steps: T, batch: B, ids: ids(2), targets: ids(1) }),
  ]
  results.forEach(({ loss, logits }, i) => {
    expect(loss).toBe(runs[i]!.loss)
    expect([...logits!]).toEqual([...runs[i]!.logits])
  })
  evaluator.destroy()
  network.destroy()
})

test('a head of numbers at the last step: a vector with NaN does not count', async () => {
  const device = await testDevice()
  const network = await Network.create({ device, input: { features: 3 }, layers: [{ cell: 'gru', hidden: 6 }], head: { numbers: 2, at: 'last' } })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B })
  const features = Float32Array.from({ length: T * B * 3 }, (_, i) => Math.sin(i))
  const targets = Float32Array.from({ length: B * 2 }, (_, i) => (i === 3 ? NaN : i / 9))
  const { loss } = await network.run({ steps: T, batch: B, features, targets, lengths })
  expect(await evaluator.evaluate({ features, targets, lengths })).toEqual({ loss, counted: B - 1 })
  evaluator.destroy()
  network.destroy()
})

test('weights: the loss is the mean by them, 0 is as a mask, and they add up in the mean over batches', async () => {
  const network = await Network.create({ device: await testDevice(), ...classes })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B, logits: true })
  const targets = ids(3)
  const [zeros, holes] = [new Float32Array(T * B).fill(1), targets.slice()]
  for (const n of [0, 7, 8, 29]) [zeros[n], holes[n]] = [0, ignored]
  const [masked, weighted] = [await evaluator.evaluate({ ids: ids(0), targets: holes }), await evaluator.evaluate({ ids: ids(0), targets, weights: zeros })]
  expect(weighted).toEqual(masked)
  // A row in two batches, with weights that add up to 1, is the row once.
  const weights = Float32Array.of(0.25, 1, 0.5, 0, 1)
  const [some, others] = [weights, weights.map((w) => 1 - w)].map((weights) => evaluator.evaluate({ ids: ids(0), targets, weights }))
  const [{ loss, counted }, rest, all] = [await some!, await others!, await evaluator.evaluate({ ids: ids(0), targets })]
  expect([counted, rest.counted]).toEqual([2.75 * T, 2.25 * T])
  expect((loss * counted + rest.loss * rest.counted) / (counted + rest.counted)).toBeCloseTo(all.loss, 6)
  // Steps that are skipped are as if they were not there: the third row's are moved to its end.
  const mask = Uint8Array.from({ length: T * B }, (_, n) => Number(n % B !== 2 || ![0, 3, 4].includes(Math.floor(n / B))))
  const moved = ids(0)
  ;[1, 2, 5].forEach((t, k) => (moved[k * B + 2] = ids(0)[t * B + 2]!))
  const skipped = await evaluator.evaluate({ ids: ids(0), targets, mask })
  const ended = await evaluator.evaluate({ ids: moved, targets, lengths: Uint32Array.of(T, T, 3, T, T) })
  const rowsOf = (logits: Float32Array, steps: number[]) => steps.map((t) => [...logits.subarray((t * B + 2) * V, (t * B + 3) * V)])
  expect(skipped.counted).toBe(T * B - 3)
  expect(rowsOf(skipped.logits!, [1, 2, 5])).toEqual(rowsOf(ended.logits!, [0, 1, 2]))
  expect(rowsOf(skipped.logits!, [0, 3, 4]).flat()).toEqual(Array(3 * V).fill(0))
  evaluator.destroy()
  network.destroy()
})

test('a carried state continues the batch before, by the strategy that is named', async () => {
  const network = await Network.create({ device: await testDevice(), ...classes })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B, strategy: 'per-step-4' })
  expect(evaluator.plan.tuning.strategy.name).toBe('per-step-4')
  const [whole, next] = [ids(0, 2 * T), ids(5, 2 * T)]
  const half = (i: number) => ({ ids: whole.subarray(i * T * B, (i + 1) * T * B), targets: next.subarray(i * T * B, (i + 1) * T * B), fresh: i === 0 })
  const [first, second] = [await evaluator.evaluate(half(0)), await evaluator.evaluate(half(1))]
  const { loss } = await network.run({ steps: 2 * T, batch: B, ids: whole, targets: next })
  expect((first.loss + second.loss) / 2).toBeCloseTo(loss, 6)
  expect((await evaluator.evaluate({ ...half(1), fresh: true })).loss).not.toBe(second.loss)
  evaluator.destroy()
  network.destroy()
})

test('a text model is evaluated window by window, to the bit', async () => {
  const { vocabulary, heldOut } = Corpus.fromText('the time traveller smiled round at us. '.repeat(12), { heldOut: 0.5 })
  const model = await TextModel.create({ vocabulary, hidden: 12, device: await testDevice() })
  const evaluator = await Evaluator.create(model.network, { steps: 9, batch: 4 })
  let total = 0
  for (const { counted, ...window } of evaluationWindows(heldOut, { steps: 9, batch: 4 })) {
    const result = await evaluator.evaluate(window)
    expect(result.counted).toBe(counted)
    total += result.loss * counted
  }
  expect(await model.evaluate(heldOut, { steps: 9, batch: 4 })).toBe(Math.exp(total / (heldOut.length - 1)))
  evaluator.destroy()
  model.destroy()
})

test('a loss that is not finite names the weight, and the weights are read once', async () => {
  const network = await Network.create({ device: await testDevice(), ...classes })
  const evaluator = await Evaluator.create(network, { steps: T, batch: B })
  const { buffer, offset } = network.parameters.value('head.b')
  network.gpu.device.queue.writeBuffer(buffer, offset, Float32Array.of(NaN))
  const read = vi.spyOn(network.parameters, 'read')
  const outcomes = await Promise.allSettled([0, 1, 2].map((offset) => evaluator.evaluate({ ids: ids(offset), targets: ids(1) })))
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ reason: { code: 'not-finite', message: /the loss is NaN: the parameter head\.b is NaN at 0/ } })
  expect(read).toHaveBeenCalledTimes(1)
  evaluator.destroy()
  network.destroy()
})

test('what cannot be evaluated is refused', async () => {
  const device = await testDevice()
  const headless = await Network.create({ device, input: { ids: V }, layers: [{ cell: 'rnn', hidden: 4 }] })
  await expect(Evaluator.create(headless, { steps: T, batch: B })).rejects.toThrow(/no head/)
  const both = await Network.create({ device, input: { ids: V }, layers: [{ cell: 'rnn', hidden: 4, bidirectional: true }], head: { classes: V } })
  const evaluator = await Evaluator.create(both, { steps: T, batch: B })
  await expect(evaluator.evaluate({ ids: ids(0), targets: ids(0), fresh: false })).rejects.toThrow(/bidirectional/)
  await expect(evaluator.evaluate({ ids: ids(0) } as never)).rejects.toThrow(/targets is missing/)
  await expect(evaluator.evaluate({ ids: ids(0, T - 1), targets: ids(0) })).rejects.toThrow(/ids has 25 numbers, expected 30/)
  evaluator.destroy()
  await expect(evaluator.evaluate({ ids: ids(0), targets: ids(0) })).rejects.toThrow(/this evaluator was destroyed/)
  headless.destroy()
  both.destroy()
})
