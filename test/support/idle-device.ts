// A GPUDevice that does nothing at once and reads back zeros: for tests of what is checked and in which order, without a GPU.
import { adoptDevice, type Gpu } from 'sluice'

const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }
const nothing = () => {}

function buffer({ label = '', size, usage }: GPUBufferDescriptor) {
  // WebGPU refuses by TypeError what is no size, before it validates anything.
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`size ${String(size)} is out of range`)
  return { label, size, usage, destroy: nothing, mapAsync: async () => {}, getMappedRange: (_: number, bytes: number) => new ArrayBuffer(bytes), unmap: nothing }
}

const encoder = () => ({
  copyBufferToBuffer: nothing, clearBuffer: nothing, finish: () => ({}),
  beginComputePass: () => ({ setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing }),
})

export function idleDevice(): Gpu {
  return adoptDevice({
    limits, features: new Set(), lost: new Promise(nothing), adapterInfo: { description: 'idle' },
    createBuffer: buffer, createCommandEncoder: encoder, createShaderModule: () => ({}), createBindGroup: () => ({}), createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}), createComputePipelineAsync: async () => ({}),
    queue: {
      submit: nothing, onSubmittedWorkDone: async () => {},
      writeBuffer: (_: unknown, __: number, data: ArrayBufferView | ArrayBuffer) => {
        if (data.byteLength % 4 !== 0) throw new TypeError('the size is no multiple of 4')
      },
    },
    pushErrorScope: nothing, popErrorScope: async () => null, destroy: nothing,
  } as unknown as GPUDevice)
}
