// The memory that is said is what WebGPU is asked for: a few of the networks of test/memory-asked.test.ts, on a real device.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testDevice } from './support/kernel'
import { Asked, networks, planAsSaid, predictorAsSaid, trainerAsSaid } from './support/asked-bytes'

const asked = new Asked()
beforeEach(() => {
  const { createBuffer } = GPUDevice.prototype
  vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
    asked.add(descriptor)
    return createBuffer.call(this, descriptor)
  })
})
afterEach(() => void vi.restoreAllMocks())

const few = networks.filter(([name]) => /^(mgu|learned states.*|an embedding|features, numbers at the last step)$/.test(name))

test('some of the networks are looked at', () => expect(few.length).toBe(4))

test.each(few)('%s: a trainer and a predictor take what was said', async (_, spec) => {
  await trainerAsSaid(await testDevice(), asked, spec, 5, 3)
  await predictorAsSaid(await testDevice(), asked, spec)
})

test.each(['resident-8', 'per-step-4', 'fused-4'] as const)('strategy %s', async (strategy) => planAsSaid(await testDevice(), asked, strategy))
