// Buffers on a device, and creation under error scopes: what WebGPU refuses becomes an error that says what was too large or wrong.
import { SluiceError } from '../errors'
import { deviceLost } from './lifetime'

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
/** Bytes as a person reads them: «1.5 GiB». */
export function amount(bytes: number): string {
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log2(bytes) / 10)))
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power - 1]}`
}

/** What a buffer takes for so many bytes: never nothing, and whole vec4f. */
export const bufferSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16)

/** Bytes of the largest buffer that kernels can use as a whole. */
export const largestBuffer = ({ limits: { maxBufferSize, maxStorageBufferBindingSize } }: GPUDevice): number =>
  Math.min(maxBufferSize, maxStorageBufferBindingSize)

/** STORAGE, COPY_SRC and COPY_DST, by value: the constants are not global outside browsers. */
const usages = 0x80 | 0x04 | 0x08

/** @throws SluiceError `bad-shape`, `bad-value` for a buffer of the caller's that is too small or lacks a usage. */
export function checkBuffer(label: string, bytes: number, { size, usage }: GPUBuffer): void {
  if (size < bytes) throw new SluiceError('bad-shape', `the buffer given for ${label} has ${size} bytes, expected at least ${bytes}`)
  if ((usage & usages) !== usages) throw new SluiceError('bad-value', `the buffer given for ${label} lacks a usage: it needs STORAGE, COPY_SRC and COPY_DST`)
}

export class Allocator {
  /** What the work of `checked` has allocated, while it runs. */
  #allocated: GPUBuffer[] | null = null

  constructor(
    private readonly device: GPUDevice,
    private readonly adapterName: string,
    private readonly lifetime: { checkAlive(): void; throwIfLost(): Promise<void> },
  ) {}

  /** A buffer of zeros. @throws SluiceError `too-large`, `device-lost`. */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    this.lifetime.checkAlive()
    const most = largestBuffer(this.device)
    if (bytes > most)
      throw new SluiceError(
        'too-large',
        `${label}: ${amount(bytes)} needed, but ${this.adapterName} allows ${amount(most)} a buffer. Lower the hidden size, the batch or the steps.`,
      )
    return this.allocate({ label, size: bufferSize(bytes), usage: usage | usages })
  }

  /** A buffer as it is described. */
  allocate(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.device.createBuffer(descriptor)
    this.#allocated?.push(buffer)
    return buffer
  }

  /** Runs `work`, which creates buffers, pipelines or bind groups, and turns what WebGPU reports of it into an error; its buffers are
   * freed then. `work` is synchronous, so nobody else's errors are taken for its own.
   * @throws SluiceError `too-large`, `gpu-error`, `device-lost`, and what `work` throws. */
  async checked<Result>(what: string, work: () => Result): Promise<Result> {
    this.lifetime.checkAlive()
    const allocated: GPUBuffer[] = (this.#allocated = [])
    this.device.pushErrorScope('out-of-memory')
    this.device.pushErrorScope('validation')
    let outcome: () => Result
    try {
      const result = work()
      outcome = () => result
    } catch (error) {
      outcome = () => {
        throw error
      }
    }
    this.#allocated = null
    const reported = Promise.all([this.device.popErrorScope(), this.device.popErrorScope()])
    try {
      const [invalid, noMemory] = await reported.catch(async (cause: Error) => {
        // Only the loss of the device makes a scope refuse to say what it saw.
        await this.lifetime.throwIfLost()
        throw deviceLost(cause.message, cause)
      })
      if (noMemory) throw new SluiceError('too-large', `${what}: ${this.adapterName} is out of memory. Lower the hidden size, the batch or the steps.`)
      if (invalid) throw new SluiceError('gpu-error', `${what}: ${invalid.message}`)
      return outcome()
    } catch (error) {
      for (const buffer of allocated) buffer.destroy()
      throw error
    }
  }
}
