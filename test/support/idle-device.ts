// A GPUDevice that does nothing at once and reads back zeros, or what it is told: for tests of what is checked and in which order, without a GPU.
import { adoptDevice, type Gpu } from 'sluice'
import { hasWork } from './kernel'

const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }
const nothing = () => {}

const bufferOf = (value: number, asked: Asked) => ({ label = '', size, usage }: GPUBufferDescriptor) => {
  asked.buffers.push({ label, size })
  // WebGPU refuses by TypeError what is no size, before it validates anything.
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`size ${String(size)} is out of range`)
  return { label, size, usage, destroy: nothing, mapAsync: async () => {}, getMappedRange: (_: number, bytes: number) => new Float32Array(bytes / 4).fill(value).buffer, unmap: nothing }
}

const encoderOf = (asked: Asked) => () => {
  asked.encoders++
  return {
    copyBufferToBuffer: nothing, clearBuffer: nothing, finish: () => ({}),
    beginComputePass: () => {
      asked.passes++
      return { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: () => void asked.dispatches++, end: nothing }
    },
  }
}

/** What a device has been asked for. */
export interface Asked {
  dispatches: number
  passes: number
  encoders: number
  /** Those with work in them. */
  submits: number
  buffers: { label: string; size: number }[]
}

export const askedNothing = (): Asked => ({ dispatches: 0, passes: 0, encoders: 0, submits: 0, buffers: [] })

export interface IdleOptions {
  /** Is told what is asked for. */
  readonly asked?: Asked
  /** What is read back. Default 0. */
  readonly value?: number
  /** When, and how, the device is lost. Default never. */
  readonly lost?: Promise<GPUDeviceLostInfo>
}

export const idleDevice = (options: IdleOptions = {}): Gpu => adoptDevice(idleGpuDevice(options))

/** The adapter of such a device, as `navigator.gpu` gives it. */
export const idleGpu = (options: IdleOptions = {}): GPU =>
  ({ requestAdapter: async () => ({ limits, features: new Set(), info: { description: 'idle' }, requestDevice: async () => idleGpuDevice(options) }) }) as unknown as GPU

function idleGpuDevice({ value = 0, lost = new Promise(nothing), asked = askedNothing() }: IdleOptions): GPUDevice {
  return {
    limits, features: new Set(), lost, adapterInfo: { description: 'idle' },
    createBuffer: bufferOf(value, asked), createCommandEncoder: encoderOf(asked), createShaderModule: () => ({}), createBindGroup: () => ({}), createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}), createComputePipelineAsync: async () => ({}),
    queue: {
      submit: (buffers: Iterable<GPUCommandBuffer>) => {
        if (hasWork(buffers)) asked.submits++
      },
      onSubmittedWorkDone: async () => {},
      writeBuffer: (_: unknown, __: number, data: ArrayBufferView | ArrayBuffer) => {
        if (data.byteLength % 4 !== 0) throw new TypeError('the size is no multiple of 4')
      },
    },
    pushErrorScope: nothing, popErrorScope: async () => null, destroy: nothing,
  } as unknown as GPUDevice
}
