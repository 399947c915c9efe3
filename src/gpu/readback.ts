// Bringing results back without stalling: the copy is encoded behind the work that makes the result, and the CPU waits
// for it whenever it likes, while later work is already queued. Staging buffers are used again.
import type { Gpu, View } from './device'

// Sizes in powers of two, so that a few staging buffers serve all; large ones are rare (checkpoints, inspection) and not
// worth keeping.
const keeps = (bytes: number) => bytes <= 2 ** 16

/** What the staging buffer takes that brings back so many bytes. */
export const stagingSize = (bytes: number): number => (keeps(bytes) ? 2 ** Math.ceil(Math.log2(Math.max(16, bytes))) : bytes)

export class Readback {
  readonly #free = new Map<number, GPUBuffer[]>()

  constructor(private readonly gpu: Gpu) {}

  /** Encodes a copy of `view` (its size a multiple of 4). After the submit, call what is returned, once: it resolves
   * with the bytes. @throws SluiceError `device-lost`, from what is returned. */
  encode(encoder: GPUCommandEncoder, view: View): () => Promise<ArrayBuffer> {
    const size = stagingSize(view.size)
    const free = this.#free.get(size) ?? []
    this.#free.set(size, free)
    const staging = free.pop() ?? this.gpu.device.createBuffer({ label: `readback of ${size} bytes`, size, usage: 0x01 | 0x08 }) // MAP_READ, COPY_DST
    encoder.copyBufferToBuffer(view.buffer, view.offset, staging, 0, view.size)
    return async () => {
      await this.gpu.mapped(staging)
      const bytes = staging.getMappedRange(0, view.size).slice(0)
      staging.unmap()
      if (keeps(view.size)) free.push(staging)
      else staging.destroy()
      return bytes
    }
  }
}
