// Dispatches, submits and passes counted at the real encoder and queue: what test/dispatches.test.ts counts without a GPU is what is asked of one.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cellNames, cells } from '../src/cells'
import { Network } from '../src/network'
import { adam } from '../src/optimizer'
import { Trainer } from '../src/trainer'
import { hasWork, testDevice } from './support/kernel'

const counts = { dispatches: 0, submits: 0, encoders: 0, passes: 0 }
const reset = () => Object.assign(counts, { dispatches: 0, submits: 0, encoders: 0, passes: 0 })

beforeEach(() => {
  const count = <Prototype extends object>(prototype: Prototype, method: keyof Prototype & string, name: keyof typeof counts) => {
    const original = prototype[method] as (...args: unknown[]) => unknown
    vi.spyOn(prototype as Record<string, (...args: unknown[]) => unknown>, method).mockImplementation(function (this: unknown, ...args) {
      if (name !== 'submits' || hasWork(args[0] as Iterable<GPUCommandBuffer>)) counts[name]++
      return original.apply(this, args)
    })
  }
  count(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', 'dispatches')
  count(GPUCommandEncoder.prototype, 'beginComputePass', 'passes')
  count(GPUQueue.prototype, 'submit', 'submits')
  count(GPUDevice.prototype, 'createCommandEncoder', 'encoders')
})
afterEach(() => void vi.restoreAllMocks())

const V = 6

test.each(cellNames)('a training step of %s: one submit, one encoder, one pass, and the dispatches that the plan has', async (cell) => {
  const [T, B] = [7, 3]
  const network = await Network.create({ device: await testDevice(), input: { ids: V }, layers: [{ cell, hidden: 5 }], head: { classes: V } })
  const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer: adam(), clipNorm: 1, strategy: 'tile-16' })
  const ids = Uint32Array.from({ length: T * B }, (_, i) => i % V)
  await trainer.step({ ids, targets: ids, fresh: true })
  reset()
  await trainer.step({ ids, targets: ids, fresh: false })
  const { dispatches, ...rest } = counts
  expect(rest).toEqual({ submits: 1, encoders: 1, passes: 1 })
  // Each carried state is copied before the step.
  expect(dispatches).toBe(trainer.plan.dispatches + cells[cell].states.length)
  trainer.destroy()
  network.destroy()
})

test('looking inside costs nothing while it is off, and no dispatch while it is on', async () => {
  const network = await Network.create({ device: await testDevice(), input: { ids: V }, layers: [{ cell: 'lstm', hidden: 5 }], head: { classes: V } })
  const run = async (inspect: boolean) => {
    reset()
    const ids = Uint32Array.of(0, 1, 2, 3)
    const result = await network.run({ steps: 2, batch: 2, ids, targets: ids, gradients: true, inspect })
    return { ...result, dispatches: counts.dispatches }
  }
  const [off, on] = [await run(false), await run(true)]
  expect(off.trace).toBeUndefined()
  expect(on.trace!.length).toBe(1)
  expect(on.dispatches).toBe(off.dispatches)
  expect([...on.gradients!.parameters]).toEqual([...off.gradients!.parameters])
  network.destroy()
})
