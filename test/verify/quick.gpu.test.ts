// The check before the first training: strikes a strategy whose kernels compute wrong numbers, and takes those that are sound.
import { afterEach, expect, test, vi } from 'vitest'
import { quickCheck } from '../../src/agreement/quick'
import { Gpu } from '../../src/gpu/device'
import { Network } from '../../src/network'
import { adam } from '../../src/optimizer'
import { soundStrategies } from '../../src/quick-check'
import type { LayerSpec, NetworkSpec } from '../../src/spec'
import { Trainer } from '../../src/trainer'
import { failure } from '../support/failure'
import { testDevice } from '../support/kernel'
import { plantFault } from '../support/plant'

let planted: { remove(): void } | undefined
afterEach(() => {
  planted?.remove()
  planted = undefined
  vi.restoreAllMocks()
})

/** A device that is checked, with a name of its own, so that nothing is known of it. */
async function checked(name: string): Promise<Gpu> {
  const { device } = await testDevice()
  return new Gpu(device, `${name} ${Math.random()}`, false, null, true)
}
const spec = (layers: readonly LayerSpec[]): NetworkSpec => ({ input: { ids: 30 }, layers, head: { classes: 30 } })
const rnn = spec([{ cell: 'rnn', hidden: 60 }])
const shape = { steps: 4, batch: 5, optimizer: adam() }
/** Fused over time alone: the first step is right, and the state goes no further. */
const fusedFault = [
  'cell/rnn_forward_grid',
  'y = select(tanh_safe(a), relu_of(a), relu);',
  'y = select(tanh_safe(a), select(vec4f(), a, t == 0), fused);',
] as const

test('a strategy that computes wrong numbers is struck from the list and warned of; the training goes on with another', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  planted = plantFault(...fusedFault)
  const gpu = await checked('half broken')
  const network = await Network.create({ device: gpu, ...rnn })
  const trainer = await Trainer.create(network, shape)
  expect(trainer.plan.tuning.strategy.name).toBe('per-step-8')
  expect(warn.mock.calls.map(([text]) => /under the strategy (\S+), which is not used: .*verifyGpu/.exec(String(text))?.[1])).toEqual(['fused-1', 'fused-4'])
  // Named, it is refused; what was found is remembered.
  const error = await failure(() => Trainer.create(network, { ...shape, strategy: 'fused-1' }))
  expect(error.code).toBe('wrong-results')
  expect(error.message).toMatch(/^half broken \S+ computes wrong results under fused-1: .*is .*, expected .*verifyGpu\(gpu\).*check: false/)
  expect(warn).toHaveBeenCalledTimes(2)
  trainer.destroy()
  network.destroy()
})

test('where none is left the error says so, unless the device was opened without the check', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  planted = plantFault('cell/rnn_forward_grid', 'return or_nan(sign(x)', 'return or_nan(1.001 * sign(x)')
  const gpu = await checked('broken')
  const network = await Network.create({ device: gpu, ...rnn })
  const error = await failure(() => Trainer.create(network, shape))
  expect(error).toMatchObject({ code: 'wrong-results', message: expect.stringContaining('under fused-1, fused-4, per-step-8: ') })
  const { device } = gpu
  const unchecked = await Network.create({ device: new Gpu(device, 'unchecked', false), ...rnn })
  ;(await Trainer.create(unchecked, { ...shape, strategy: 'per-step-8' })).destroy()
  for (const one of [network, unchecked]) one.destroy()
})

test('sound runs give no false alarm, whatever the network', async () => {
  const gpu = await checked('sound')
  const warn = vi.spyOn(console, 'warn')
  const networks: NetworkSpec[] = [
    rnn,
    { input: { features: 3 }, layers: [{ cell: 'rnn-relu', hidden: 9, learnInitial: true }], head: { numbers: 2, at: 'last' } },
    {
      ...spec([
        { cell: 'rnn', hidden: 8, bidirectional: true },
        { cell: 'rnn', hidden: 8, inputDropout: 0.9, recurrentDropout: 0.5 },
      ]),
      input: { ids: 30, embedding: 4 },
      dropout: 0.5,
    },
  ]
  for (const one of networks) expect(await soundStrategies(gpu, one, ['per-step-8'], 'adam')).toEqual(['per-step-8'])
  for (let i = 0; i < 5; i++) expect(await quickCheck(gpu, rnn, 'per-step-8', 'adam')).toBe('')
  expect(warn).not.toHaveBeenCalled()
})
