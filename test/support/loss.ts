// A GPU that goes away by itself, as when its driver is reset: WebGPU tells that apart from a device that somebody closed.
import { vi } from 'vitest'
import type { Gpu } from '../../src/gpu/device'

const taken = new WeakSet<GPUDevice>()

/** From here on, devices that are opened can be lost. */
export function devicesMayBeLost(): void {
  const { get } = Object.getOwnPropertyDescriptor(GPUDevice.prototype, 'lost')!
  vi.spyOn(GPUDevice.prototype, 'lost', 'get').mockImplementation(function (this: GPUDevice) {
    const lost = get!.call(this) as Promise<GPUDeviceLostInfo>
    return lost.then((info) => (taken.has(this) ? ({ reason: 'unknown', message: 'the driver was reset' } as GPUDeviceLostInfo) : info))
  })
}

export function lose({ device }: Gpu): void {
  taken.add(device)
  device.destroy()
}
