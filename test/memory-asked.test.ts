// The memory that is predicted is the memory that a device is asked for, byte for byte. This device does nothing: test/memory.gpu.test.ts
// holds a few of these against WebGPU.
import { describe, expect, test } from 'vitest'
import { adam, memoryOf, Network, Predictor, Trainer, type NetworkSpec } from 'sluice'
import { strategyNames } from '../src/gpu/strategy'
import { loadKernels } from '../src/strategies'
import { Asked, classes, ids, networks, planAsSaid, predictorAsSaid, trainerAsSaid } from './support/asked-bytes'
import { failure } from './support/failure'
import { idleDevice } from './support/idle-device'
import { asIf } from './support/kernel'

await loadKernels('resident-16') // memoryOf does not wait for it
const asked = new Asked()
const idle = idleDevice({ buffers: (descriptor) => asked.add(descriptor) })

describe.each([
  ['software', asIf(idle, true)],
  ['hardware', asIf(idle, false)],
] as const)('in the place of %s', (_, device) => {
  describe.each(networks)('%s', (_, spec) => {
    test.each([
      [1, 1],
      [5, 3],
      [40, 20],
    ])('T = %i, B = %i: a trainer takes what was said, part by part', (steps, batch) => trainerAsSaid(device, asked, spec, steps, batch))

    test('a predictor takes what was said', () => predictorAsSaid(device, asked, spec))
  })

  test.each(strategyNames)('strategy %s: uniforms are told to the byte, and all else is the same', (strategy) => planAsSaid(device, asked, strategy))
})

const device = asIf(idle, true)

test('staging is told to the byte', async () => {
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'rnn', hidden: 4 }], head: classes }
  const network = await Network.create({ device, ...spec })
  // So large that it is not kept for the next.
  const shape = { steps: 300, batch: 30 }
  const predictor = await Predictor.create(network, shape)
  asked.reset()
  await predictor.predict({ ids: new Uint32Array(9000) })
  expect(asked.sizes).toEqual([memoryOf(spec, shape).staging])
  predictor.destroy()
  network.destroy()
})

test('what cannot be allocated is refused before anything is', async () => {
  const spec: NetworkSpec = { input: ids, layers: [{ cell: 'lstm', hidden: 64 }], head: classes }
  const network = await Network.create({ device, ...spec })
  asked.reset()
  const refusal = (recompute: boolean) => failure(() => Trainer.create(network, { steps: 10_000_000, batch: 256, optimizer: adam(), recompute }))
  const error = await refusal(false)
  expect(error.code).toBe('too-large')
  expect(error.message).toMatch(
    /^training on 10000000 steps of 256 rows: [\d.]+ TiB needed, [\d.]+ TiB of it for layers\.0 gates, but .* allows [\d.]+ [MG]iB a buffer\. Lower the hidden size, the batch or the steps, or set recompute: true\.$/,
  )
  // The states alone are too much.
  expect((await refusal(true)).message).toMatch(/[\d.]+ GiB of it for layers\.0 h, but .*\. Lower the hidden size, the batch or the steps\.$/)
  expect(asked.sizes).toEqual([])
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
