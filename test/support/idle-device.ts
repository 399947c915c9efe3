// A GPUDevice that does nothing at once and reads back zeros, or what it is told: for tests of what is checked and in which order, without
// a GPU. It would not pass the check before a training.
import { adoptDevice, type Gpu } from 'sluice'
import { hasWork } from './kernel'

const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }
const nothing = () => {}

const bufferOf = (value: number, buffers: (descriptor: GPUBufferDescriptor) => void) => (descriptor: GPUBufferDescriptor) => {
  const { label = '', size, usage } = descriptor
  buffers(descriptor)
  // WebGPU refuses by TypeError what is no size, before it validates anything.
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`size ${String(size)} is out of range`)
  return {
    label,
    size,
    usage,
    destroy: nothing,
    mapAsync: async () => {},
    getMappedRange: (_: number, bytes: number) => new Float32Array(bytes / 4).fill(value).buffer,
    unmap: nothing,
  }
}

const encoderOf = (asked: Asked) => () => {
  asked.encoders++
  return {
    copyBufferToBuffer: () => void asked.copies++,
    clearBuffer: nothing,
    finish: () => ({}),
    beginComputePass: () => {
      asked.passes++
      return { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: () => void asked.dispatches++, end: nothing }
    },
  }
}

/** How often a device has been asked for what. */
export interface Asked {
  dispatches: number
  passes: number
  encoders: number
  /** Those with work in them. */
  submits: number
  copies: number
  /** Of `writeBuffer`. */
  writes: number
}

export const askedNothing = (): Asked => ({ dispatches: 0, passes: 0, encoders: 0, submits: 0, copies: 0, writes: 0 })

export interface IdleOptions {
  /** Counts what is asked for. */
  readonly asked?: Asked
  /** Is told of every buffer. */
  readonly buffers?: (descriptor: GPUBufferDescriptor) => void
  /** Is told of the text of every kernel. */
  readonly modules?: (descriptor: GPUShaderModuleDescriptor) => void
  /** What is read back. Default 0. */
  readonly value?: number
  /** When, and how, the device is lost. Default never. */
  readonly lost?: Promise<GPUDeviceLostInfo>
}

export const idleDevice = (options: IdleOptions = {}): Gpu => adoptDevice(idleGpuDevice(options), { check: false })

/** The adapter of such a device, as `navigator.gpu` gives it. */
export const idleGpu = (options: IdleOptions = {}): GPU =>
  ({
    requestAdapter: async () => ({ limits, features: new Set(), info: { description: 'idle' }, requestDevice: async () => idleGpuDevice(options) }),
  }) as unknown as GPU

/** The same as WebGPU has it. */
export function idleGpuDevice({
  value = 0,
  lost = new Promise(nothing),
  asked = askedNothing(),
  buffers = nothing,
  modules = nothing,
}: IdleOptions): GPUDevice {
  return {
    limits,
    features: new Set(),
    lost,
    adapterInfo: { description: 'idle' },
    createBuffer: bufferOf(value, buffers),
    createCommandEncoder: encoderOf(asked),
    createShaderModule: (descriptor: GPUShaderModuleDescriptor) => (modules(descriptor), {}),
    createBindGroup: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipelineAsync: async () => ({}),
    queue: {
      submit: (buffers: Iterable<GPUCommandBuffer>) => {
        if (hasWork(buffers)) asked.submits++
      },
      onSubmittedWorkDone: async () => {},
      writeBuffer: (_: unknown, __: number, data: ArrayBufferView | ArrayBuffer) => {
        asked.writes++
        if (data.byteLength % 4 !== 0) throw new TypeError('the size is no multiple of 4')
      },
    },
    pushErrorScope: nothing,
    popErrorScope: async () => null,
    destroy: nothing,
  } as unknown as GPUDevice
}
