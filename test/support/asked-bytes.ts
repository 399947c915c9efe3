// The memory that is said beforehand, beside what a device is asked for: for a device that does nothing, and for a real one.
import { expect } from 'vitest'
import { adam, memoryOf, momentum, Network, Predictor, rmsprop, sgd, Trainer, type NetworkSpec, type Optimizer } from 'sluice'
import { cellNames } from '../../src/cells'
import type { Gpu } from '../../src/gpu/device'
import type { StrategyName } from '../../src/gpu/strategy'
import { headSize } from '../../src/spec'

/** Bytes of the buffers that a device was asked for. */
export class Asked {
  #sizes: number[] = []
  /** The largest but for uniforms, of which a kernel sees a slot at a time. */
  largest = 0

  add({ label, size }: GPUBufferDescriptor): void {
    this.#sizes.push(size)
    if (!label?.endsWith('uniforms')) this.largest = Math.max(this.largest, size)
  }

  get sizes(): readonly number[] {
    return this.#sizes
  }

  get total(): number {
    return this.#sizes.reduce((a, b) => a + b, 0)
  }

  reset(): void {
    this.#sizes = []
    this.largest = 0
  }
}

/** Everything a step needs, all zero. */
function batchOf(spec: NetworkSpec, steps: number, batch: number) {
  const rows = spec.head!.at === 'last' ? batch : steps * batch
  return {
    ...('ids' in spec.input ? { ids: new Uint32Array(steps * batch) } : { features: new Float32Array(steps * batch * spec.input.features) }),
    targets: 'classes' in spec.head! ? new Uint32Array(rows) : new Float32Array(rows * headSize(spec)),
  }
}

export const ids = { ids: 7 }
export const classes = { classes: 7 }
export const networks: [string, NetworkSpec][] = [
  ...cellNames.map((cell): [string, NetworkSpec] => [cell, { input: ids, layers: [{ cell, hidden: 6 }], head: classes }]),
  ...cellNames.map((cell): [string, NetworkSpec] => [
    `${cell}, deep, both directions, dropout`,
    {
      input: ids,
      layers: [
        { cell, hidden: 6, bidirectional: true },
        { cell, hidden: 9 },
        { cell, hidden: 4 },
      ],
      dropout: 0.3,
      head: classes,
    },
  ]),
  ...cellNames.map((cell): [string, NetworkSpec] => [
    `${cell}, three layers alike, dropout`,
    {
      input: ids,
      layers: [
        { cell, hidden: 7 },
        { cell, hidden: 7 },
        { cell, hidden: 7 },
      ],
      dropout: 0.3,
      head: classes,
    },
  ]),
  [
    'dropout within the layers',
    {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 6, bidirectional: true, inputDropout: 0.2, recurrentDropout: 0.2 },
        { cell: 'gru', hidden: 5, recurrentDropout: 0.2 },
        { cell: 'gru', hidden: 5, recurrentDropout: 0.2 },
      ],
      dropout: 0.3,
      head: { classes: 7 },
    },
  ],
  [
    'dense layers, joined inputs, dropout',
    {
      input: { features: 3 },
      layers: [
        { dense: 5, activation: 'relu' },
        { cell: 'lstm', hidden: 6 },
        { cell: 'lstm', hidden: 6 },
        { dense: 9, activation: 'sigmoid', inputs: ['input', 1] },
      ],
      dropout: 0.3,
      head: { classes: 7, inputs: [0, 2, 3] },
    },
  ],
  [
    'dense layers on final states, dropout',
    {
      input: ids,
      layers: [
        { cell: 'gru', hidden: 6 },
        { cell: 'rnn', hidden: 5, bidirectional: true },
        { dense: 9, activation: 'tanh', inputs: [0, 1] },
      ],
      dropout: 0.3,
      head: { numbers: 2, at: 'last', inputs: [2, 1] },
    },
  ],
  [
    'learned states, peepholes, no bias',
    {
      input: ids,
      layers: [
        { cell: 'lstm', hidden: 5, peepholes: true, learnInitial: true, bidirectional: true },
        { cell: 'gru', hidden: 3, bias: false, learnInitial: true },
      ],
      head: classes,
    },
  ],
  ['an embedding', { input: { ids: 100, embedding: 11 }, layers: [{ cell: 'gru', hidden: 8 }], head: { classes: 100 } }],
  [
    'features, numbers at the last step',
    { input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 10, bidirectional: true }], head: { numbers: 2, at: 'last' } },
  ],
  ['features, numbers at every step', { input: { features: 300 }, layers: [{ cell: 'rnn', hidden: 70 }], head: { numbers: 5 } }],
  ['classes at the last step', { input: { features: 2 }, layers: [{ cell: 'rnn-relu', hidden: 7, learnInitial: true }], head: { classes: 3, at: 'last' } }],
]
const optimizers: Optimizer[] = [adam(), sgd({ rate: 1 }), momentum({ rate: 1 }), rmsprop()]

/** A network and a trainer of it take what was said, part by part. */
export async function trainerAsSaid(device: Gpu, asked: Asked, spec: NetworkSpec, steps: number, batch: number): Promise<void> {
  const ways =
    steps === 5 ? optimizers.map((optimizer) => ({ optimizer, recompute: false })) : [false, 7, true].map((recompute) => ({ optimizer: adam(), recompute }))
  for (const { optimizer, recompute } of ways) {
    const expected = memoryOf(spec, { steps, batch, optimizer, device, recompute })
    // Nothing but the uniforms could differ from device to device.
    expect({ ...memoryOf(spec, { steps, batch, optimizer, recompute }), uniforms: 0, total: 0 }).toEqual({ ...expected, uniforms: 0, total: 0 })
    asked.reset()
    const network = await Network.create({ device, ...spec })
    expect(asked.total).toBe(expected.parameters + expected.gradients)
    expect(network.bytes).toBe(expected.parameters + expected.gradients)
    const { largest } = asked
    asked.reset()
    const trainer = await Trainer.create(network, { steps, batch, optimizer, recompute, clipNorm: 1, strategy: device.tuning.strategy.name })
    expect(asked.total).toBe(expected.optimizer + expected.activations + expected.batch + expected.uniforms)
    expect(trainer.bytes).toBe(asked.total)
    expect(Math.max(largest, asked.largest)).toBe(expected.largest.bytes)
    // Staging buffers are used again, so one that an earlier test left over may serve.
    asked.reset()
    await trainer.step(batchOf(spec, steps, batch))
    expect([0, expected.staging]).toContain(asked.total)
    expect(expected.total).toBe(network.bytes + trainer.bytes + expected.staging)
    trainer.destroy()
    network.destroy()
  }
}

export async function predictorAsSaid(device: Gpu, asked: Asked, spec: NetworkSpec): Promise<void> {
  const [steps, batch] = [200, 40]
  const strategy = 'tile-8'
  const expected = memoryOf(spec, { steps, batch, device, strategy })
  const network = await Network.create({ device, ...spec })
  asked.reset()
  const predictor = await Predictor.create(network, { steps, batch, strategy })
  expect(asked.total).toBe(expected.activations + expected.batch + expected.uniforms)
  expect(predictor.bytes).toBe(asked.total)
  asked.reset()
  const { targets: _, ...inputs } = batchOf(spec, steps, batch)
  await predictor.predict(inputs)
  expect([0, expected.staging]).toContain(asked.total)
  expect(expected.total).toBe(network.bytes + predictor.bytes + expected.staging)
  expect(expected.optimizer).toBe(0)
  predictor.destroy()
  network.destroy()
}

/** Of each plan the uniforms are said to the byte, and all else is the same. */
export async function planAsSaid(device: Gpu, asked: Asked, strategy: StrategyName): Promise<void> {
  const spec: NetworkSpec = {
    input: ids,
    layers: [
      { cell: 'gru', hidden: 5 },
      { cell: 'gru', hidden: 5 },
      { cell: 'gru', hidden: 5 },
    ],
    dropout: 0.5,
    head: classes,
  }
  const shape = { steps: 9, batch: 7, optimizer: adam() }
  const expected = memoryOf(spec, { ...shape, device, strategy })
  expect({ ...expected, uniforms: 0, total: 0 }).toEqual({ ...memoryOf(spec, { ...shape, device }), uniforms: 0, total: 0 })
  const network = await Network.create({ device, ...spec })
  asked.reset()
  const trainer = await Trainer.create(network, { ...shape, strategy })
  expect(asked.total).toBe(expected.optimizer + expected.activations + expected.batch + expected.uniforms)
  trainer.destroy()
  network.destroy()
}
