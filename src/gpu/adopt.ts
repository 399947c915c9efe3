// Devices of the caller's: adopting one, and telling them from ours.
import { checkFlag, checkOptions, show, SluiceError } from '../errors'
import { checkInstance, hasTagOf } from '../proxy-guard'
import { nameOf } from './adapter'
import { Gpu } from './device'
import type { OpenOptions } from './open'

/** The options of a device that somebody else opened. */
export type AdoptOptions = Pick<OpenOptions, 'check'>

/** A device that the caller has opened, for networks that shall live beside other work on it.
 * @throws SluiceError `bad-value` for what is no GPUDevice, or for a wrong option. */
export function adoptDevice(device: GPUDevice, options: AdoptOptions = {}): Gpu {
  const { check = true } = checkOptions('options', options, '{ check: false }', { check: true })
  checkFlag('check', check)
  if (!isDevice(device))
    throw new SluiceError('bad-value', `device is ${show(device)}, expected a GPUDevice, such as (await navigator.gpu.requestAdapter()).requestDevice() gives`)
  const { name, isSoftware } = nameOf(device.adapterInfo)
  return new Gpu(device, name, isSoftware, null, check)
}

function isDevice(device: unknown): boolean {
  try {
    return typeof (device as GPUDevice | undefined)?.createCommandEncoder === 'function'
  } catch {
    return false // an object that throws when it is read
  }
}

/** @throws SluiceError `bad-value` for what is none of our devices, such as a GPUDevice that was not adopted. */
export function checkDevice(device: unknown): void {
  if (device !== undefined) checkInstance('device', device, Gpu, 'what openDevice() gives, or adoptDevice(device) of a GPUDevice')
}

/** A device of ours, or one of the caller's that is adopted.
 * @throws SluiceError `bad-value` for what is neither. */
export function anyDevice(device: GPUDevice | Gpu): Gpu {
  if (!hasTagOf(device, Gpu)) return adoptDevice(device as GPUDevice)
  checkDevice(device)
  return device as Gpu
}
