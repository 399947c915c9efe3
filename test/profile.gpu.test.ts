// The milliseconds of each dispatch of a training step, and what is said where the device does not tell them.
import { expect, test } from 'vitest'
import { adam, adoptDevice, Network, openDevice, Trainer, type NetworkSpec } from 'sluice'
import { failure } from './support/failure'

const spec: NetworkSpec = { input: { ids: 5 }, layers: [{ cell: 'lstm', hidden: 6 }], head: { classes: 5 } }
const shape = { steps: 4, batch: 3, optimizer: adam(), strategy: 'tile-16' } as const
const ids = Uint32Array.from({ length: 12 }, (_, i) => i % 5)
const batch = { ids, targets: ids }

const adapter = await navigator.gpu.requestAdapter()

test.runIf(adapter?.features.has('timestamp-query'))('a profile is a training step, and has each of its dispatches', async () => {
  const gpu = await openDevice()
  const network = await Network.create({ device: gpu, ...spec, seed: 3 })
  const other = await Network.create({ device: gpu, ...spec, seed: 3 })
  const [profiled, usual] = [await Trainer.create(network, shape), await Trainer.create(other, shape)]
  for (const fresh of [true, false]) {
    const { step, ms, dispatches, kernels } = await profiled.profile({ ...batch, fresh })
    expect(step).toEqual(await usual.step({ ...batch, fresh }))
    const all = profiled.plan.commands.filter((command) => command.kind === 'dispatch')
    expect(dispatches.map(({ label, kernel, workgroups }) => ({ label, kernel, workgroups }))).toEqual(
      all.map(({ label, kernel, workgroups }) => ({ label, kernel, workgroups })),
    )
    for (const { ms } of dispatches) expect(ms).toBeGreaterThanOrEqual(0)
    expect(kernels.map(({ kernel }) => kernel).sort()).toEqual([...new Set(all.map(({ kernel }) => kernel))].sort())
    expect(kernels.reduce((n, { dispatches }) => n + dispatches, 0)).toBe(all.length)
    for (const sum of [dispatches, kernels]) expect(sum.reduce((n: number, { ms }) => n + ms, 0)).toBeCloseTo(ms, 6)
    expect(kernels).toEqual([...kernels].sort((a, b) => b.ms - a.ms))
  }
  expect(profiled.steps).toBe(2)
  expect(await network.readParameters()).toEqual(await other.readParameters())
  gpu.destroy()
})

test.runIf(adapter?.features.has('timestamp-query'))('more dispatches than a query set has room for', async () => {
  const gpu = await openDevice()
  const network = await Network.create({ device: gpu, input: { ids: 5 }, layers: [{ cell: 'rnn', hidden: 1 }], head: { classes: 5 } })
  const trainer = await Trainer.create(network, { steps: 1100, batch: 1, optimizer: adam(), strategy: 'tile-16' })
  const ids = Uint32Array.from({ length: 1100 }, (_, i) => i % 5)
  const { dispatches, ms } = await trainer.profile({ ids, targets: ids })
  expect(dispatches.length).toBe(trainer.plan.dispatches)
  expect(2 * dispatches.length).toBeGreaterThan(4096)
  expect(ms).toBeGreaterThan(0)
  gpu.destroy()
})

test('a device that does not tell times trains, and is told so where it is asked', async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice()
  expect(device.features.has('timestamp-query')).toBe(false)
  const gpu = adoptDevice(device)
  const trainer = await Trainer.create(await Network.create({ device: gpu, ...spec }), shape)
  const error = await failure(() => trainer.profile(batch))
  expect(error.code).toBe('no-adapter')
  expect(error.message).toMatch(/does not tell how long a dispatch takes: this device lacks the feature timestamp-query/)
  expect((await trainer.step(batch)).step).toBe(0) // what was refused is no step
  expect((await failure(() => trainer.profile({ ...batch, ids: new Uint32Array(3) }))).code).toBe('bad-shape')
  trainer.destroy()
  expect((await failure(() => trainer.profile(batch))).code).toBe('disposed')
  device.destroy()
})
