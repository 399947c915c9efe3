// What a training that may come back costs, and when it gives up.
import { afterEach, expect, test, vi } from 'vitest'
import { Gpu } from '../../src/gpu/device'
import type { Network } from '../../src/network'
import { Recovery, Snapshots } from '../../src/training/recovery'
import { failure } from '../support/failure'

afterEach(() => void vi.useRealTimers())

test.each([1, 40, 2000])('copies that take %i ms each are under way for a thirtieth of the time, and once a second at most', async (ms) => {
  vi.useFakeTimers()
  const snapshots = new Snapshots()
  let [taken, busy] = [0, 0]
  const from = performance.now()
  for (let step = 0; step < 6000; step++) {
    if (snapshots.due) {
      taken++
      void snapshots.take(() => new Promise<void>((resolve) => setTimeout(() => ((busy += ms), resolve()), ms)))
    }
    await vi.advanceTimersByTimeAsync(50)
  }
  const time = performance.now() - from
  expect(taken).toBeGreaterThan(time / (32 * Math.max(ms, 40)) - 1)
  expect(taken).toBeLessThan(time / 1000 + 1)
  expect(busy).toBeLessThan(time / 30 + ms)
})

/** A device that is there, and how it goes away. */
function device() {
  let lose = (_: string) => {}
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => (lose = (reason) => resolve({ reason, message: '' } as unknown as GPUDeviceLostInfo)))
  return { lose, device: { lost, destroy: () => lose('destroyed') } as unknown as GPUDevice }
}

/** A network that moves wherever it is told to. */
function network(gpu: Gpu) {
  const moved: Gpu[] = []
  const at = {
    gpu,
    isDestroyed: false,
    ownsGpu: true,
    checkNotDestroyed() {},
    async moveTo(to: Gpu) {
      moved.push((at.gpu = to))
    },
  }
  return { network: at as unknown as Network, moved }
}

test('two losses a minute are made up for, for ever; the third within a minute is not', async () => {
  vi.useFakeTimers()
  const open = async () => new Gpu(device().device, 'another', true)
  const { network: at, moved } = network(await open())
  const recovery = new Recovery(at, open)
  const lost = async () => {
    const coming = recovery.reopen(new Error('the driver was reset'), new Map())
    coming.catch(() => {})
    await vi.advanceTimersByTimeAsync(1)
    return coming
  }
  for (let k = 0; k < 10; k++) {
    await lost()
    recovery.recovered()
    await vi.advanceTimersByTimeAsync(31_000)
  }
  expect(moved).toHaveLength(10)
  expect(recovery.losses).toBe(10)
  await lost()
  // The way back is not counted, however long it takes.
  await vi.advanceTimersByTimeAsync(200_000)
  expect(await failure(lost)).toMatchObject({
    code: 'device-lost',
    message: 'the GPU was lost 3 times within a minute. The last message is: the driver was reset',
  })
})

test('one that was closed is not opened again, nor one that is closed meanwhile', async () => {
  vi.useFakeTimers()
  for (const when of ['before', 'meanwhile'] as const) {
    const opened: Gpu[] = []
    const close = vi.fn()
    const gpu = new Gpu(device().device, 'one', true, async () => {
      if (when === 'meanwhile') gpu.destroy()
      opened.push(new Gpu({ ...device().device, destroy: close } as GPUDevice, 'another', true))
      return opened[0]!
    })
    if (when === 'before') gpu.destroy()
    const error = failure(() => gpu.reopened())
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await error).code).toBe('device-lost')
    expect(opened).toHaveLength(when === 'before' ? 0 : 1)
    expect(close).toHaveBeenCalledTimes(opened.length)
  }
})
