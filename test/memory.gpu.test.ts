// The memory that is predicted is the memory that WebGPU is asked for, byte for byte.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { adam, memoryOf, momentum, Network, Predictor, rmsprop, sgd, Trainer, type NetworkSpec, type Optimizer } from 'sluice'
import { cellNames } from '../src/cells'
import { planNames } from '../src/gpu/plan'
import { headSize } from '../src/spec'
import { failure } from './support/failure'
import { testDevice } from './support/kernel'

let asked: number[] = []
/** The largest but for uniforms, of which a kernel sees a slot at a time. */
let largest = 0
beforeEach(() => {
  asked = []
  largest = 0
  const createBuffer = GPUDevice.prototype.createBuffer
  vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
    asked.push(descriptor.size)
    if (!descriptor.label?.endsWith('uniforms')) largest = Math.max(largest, descriptor.size)
    return createBuffer.call(this, descriptor)
  })
})
afterEach(() => void vi.restoreAllMocks())
const total = () => asked.reduce((a, b) => a + b, 0)

/** Everything a step needs, all zero. */
function batchOf(spec: NetworkSpec, steps: number, batch: number) {
  const rows = spec.head!.at === 'last' ? batch : steps * batch
  return {
    ...('ids' in spec.input ? { ids: new Uint32Array(steps * batch) } : { features: new Float32Array(steps * batch * spec.input.features) }),
    targets: 'classes' in spec.head! ? new Uint32Array(rows) : new Float32Array(rows * headSize(spec)),
  }
}

const ids = { ids: 7 }
const classes = { classes: 7 }
const networks: [string, NetworkSpec][] = [
  ...cellNames.map((cell): [string, NetworkSpec] => [cell, { input: ids, layers: [{ cell, hidden: 6 }], head: classes }]),
  ...cellNames.map((cell): [string, NetworkSpec] => [`${cell}, deep, both directions, dropout`, { input: ids, layers: [{ cell, hidden: 6, bidirectional: true }, { cell, hidden: 9 }, { cell, hidden: 4 }], dropout: 0.3, head: classes }]),
  ...cellNames.map((cell): [string, NetworkSpec] => [`${cell}, three layers alike, dropout`, { input: ids, layers: [{ cell, hidden: 7 }, { cell, hidden: 7 }, { cell, hidden: 7 }], dropout: 0.3, head: classes }]),
  ['learned states, peepholes, no bias', { input: ids, layers: [{ cell: 'lstm', hidden: 5, peepholes: true, learnInitial: true, bidirectional: true }, { cell: 'gru', hidden: 3, bias: false, learnInitial: true }], head: classes }],
  ['an embedding', { input: { ids: 100, embedding: 11 }, layers: [{ cell: 'gru', hidden: 8 }], head: { classes: 100 } }],
  ['features, numbers at the last step', { input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 10, bidirectional: true }], head: { numbers: 2, at: 'last' } }],
  ['features, numbers at every step', { input: { features: 300 }, layers: [{ cell: 'rnn', hidden: 70 }], head: { numbers: 5 } }],
  ['classes at the last step', { input: { features: 2 }, layers: [{ cell: 'rnn-relu', hidden: 7, learnInitial: true }], head: { classes: 3, at: 'last' } }],
]
const optimizers: Optimizer[] = [adam(), sgd({ rate: 1 }), momentum({ rate: 1 }), rmsprop()]

describe.each(networks)('%s', (_, spec) => {
  test.each([[1, 1], [5, 3], [40, 20]])('T = %i, B = %i: a trainer takes what was said, part by part', async (steps, batch) => {
    const device = await testDevice()
    const ways = steps === 5 ? optimizers.map((optimizer) => ({ optimizer, recompute: false })) : [false, 7, true].map((recompute) => ({ optimizer: adam(), recompute }))
    for (const { optimizer, recompute } of ways) {
      const expected = memoryOf(spec, { steps, batch, optimizer, device, recompute })
      // Nothing but the uniforms could differ from device to device.
      expect({ ...memoryOf(spec, { steps, batch, optimizer, recompute }), uniforms: 0, total: 0 }).toEqual({ ...expected, uniforms: 0, total: 0 })
      asked = []
      largest = 0
      const network = await Network.create({ device, ...spec })
      expect(total()).toBe(expected.parameters + expected.gradients)
      expect(network.bytes).toBe(expected.parameters + expected.gradients)
      asked = []
      const trainer = await Trainer.create(network, { steps, batch, optimizer, recompute, clipNorm: 1, plan: device.tuning.plan })
      expect(total()).toBe(expected.optimizer + expected.activations + expected.batch + expected.uniforms)
      expect(trainer.bytes).toBe(total())
      expect(largest).toBe(expected.largest.bytes)
      // Staging buffers are used again, so one that an earlier test left over may serve.
      asked = []
      await trainer.step(batchOf(spec, steps, batch))
      expect([0, expected.staging]).toContain(total())
      expect(expected.total).toBe(network.bytes + trainer.bytes + expected.staging)
      trainer.destroy()
      network.destroy()
    }
  })

  test('a predictor takes what was said', async () => {
    const device = await testDevice()
    const [steps, batch] = [200, 40]
    const plan = 'steps-8'
    const expected = memoryOf(spec, { steps, batch, device, plan })
    const network = await Network.create({ device, ...spec })
    asked = []
    const predictor = await Predictor.create(network, { steps, batch, plan })
    expect(total()).toBe(expected.activations + expected.batch + expected.uniforms)
    expect(predictor.bytes).toBe(total())
    asked = []
    const { targets: _, ...inputs } = batchOf(spec, steps, batch)
    await predictor.predict(inputs)
    expect([0, expected.staging]).toContain(total())
    expect(expected.total).toBe(network.bytes + predictor.bytes + expected.staging)
    expect(expected.optimizer).toBe(0)
    predictor.destroy()
    network.destroy()
  })
})

test.each(planNames)('plan %s: uniforms are told to the byte, and all else is the same', async (plan) => {
  const device = await testDevice()
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'gru', hidden: 5 }, { cell: 'gru', hidden: 5 }, { cell: 'gru', hidden: 5 }], dropout: 0.5, head: classes }
  const shape = { steps: 9, batch: 7, optimizer: adam() }
  const expected = memoryOf(spec, { ...shape, device, plan })
  expect({ ...expected, uniforms: 0, total: 0 }).toEqual({ ...memoryOf(spec, { ...shape, device }), uniforms: 0, total: 0 })
  const network = await Network.create({ device, ...spec })
  asked = []
  const trainer = await Trainer.create(network, { ...shape, plan })
  expect(total()).toBe(expected.optimizer + expected.activations + expected.batch + expected.uniforms)
  trainer.destroy()
  network.destroy()
})

test('staging is told to the byte', async () => {
  const device = await testDevice()
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'rnn', hidden: 4 }], head: classes }
  const network = await Network.create({ device, ...spec })
  // So large that it is not kept for the next.
  const shape = { steps: 300, batch: 30 }
  const predictor = await Predictor.create(network, shape)
  asked = []
  await predictor.predict({ ids: new Uint32Array(9000) })
  expect(asked).toEqual([memoryOf(spec, shape).staging])
  predictor.destroy()
  network.destroy()
})

test('what cannot be allocated is refused before anything is', async () => {
  const device = await testDevice()
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'lstm', hidden: 64 }], head: classes }
  const network = await Network.create({ device, ...spec })
  asked = []
  const refusal = (recompute: boolean) => failure(() => Trainer.create(network, { steps: 10_000_000, batch: 256, optimizer: adam(), recompute }))
  const error = await refusal(false)
  expect(error.code).toBe('too-large')
  expect(error.message).toMatch(/^training on 10000000 steps of 256 rows: [\d.]+ TiB needed, [\d.]+ TiB of it for layers\.0 gates, but .* allows [\d.]+ [MG]iB a buffer\. Lower the hidden size, the batch or the steps, or set recompute: true\.$/)
  // The states alone are too much.
  expect((await refusal(true)).message).toMatch(/[\d.]+ GiB of it for layers\.0 h, but .*\. Lower the hidden size, the batch or the steps\.$/)
  expect(asked).toEqual([])
  network.destroy()
})

test('what makes no sense is refused', () => {
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'gru', hidden: 4 }], head: classes }
  const cases: [unknown, RegExp][] = [
    [undefined, /options is undefined, expected an object/],
    [{ steps: 0, batch: 1 }, /steps is 0/],
    [{ steps: 1, batch: '2' }, /batch is "2"/],
    [{ steps: 1, batch: 1, optimizer: 'adam' }, /optimizer is "adam"/],
    [{ steps: 1, batch: 1, device: {} }, /device is an object \(Object\), expected what openDevice/],
  ]
  for (const [options, message] of cases) expect(() => memoryOf(spec, options as never)).toThrow(message)
  expect(() => memoryOf({ ...spec, layers: [] }, { steps: 1, batch: 1 })).toThrow(/layers is an array of 0/)
  expect(() => memoryOf({ input: ids, layers: spec.layers }, { steps: 1, batch: 1, optimizer: adam() })).toThrow(/has no head/)
})
