// Puts a value where the library would not let it in: into a weight or a carried state, as an update that overflowed would.
import type { Network } from '../../src/network'

/** Writes `value` over the number at `index` in memory order of a parameter. */
export function plantWeight({ gpu, parameters }: Network, name: string, value: number, index = 0): void {
  const { buffer, offset } = parameters.value(name)
  gpu.device.queue.writeBuffer(buffer, offset + 4 * index, Float32Array.of(value))
}

/** Puts another text in the place of a part of a kernel's, whenever it is compiled from now on. @throws where the kernel has no such part. */
export function plantFault(kernel: string, from: string, to: string): { readonly remove: () => void } {
  const { createShaderModule } = GPUDevice.prototype
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    if (descriptor.label !== kernel) return createShaderModule.call(this, descriptor)
    const code = descriptor.code.replace(/ *\/\/.*/g, '') // the code says it, and not a comment
    if (!code.includes(from)) throw new Error(`${kernel} has no ${from}`)
    return createShaderModule.call(this, { ...descriptor, code: code.replace(from, () => to) })
  }
  return { remove: () => void (GPUDevice.prototype.createShaderModule = createShaderModule) }
}
