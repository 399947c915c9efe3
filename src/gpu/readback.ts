// Bringing results back without stalling: the copy is encoded behind the work that computes the result, and the CPU waits
// for it whenever it likes, while later work is already queued. Staging buffers are used again.
import { SluiceError } from '../errors'
import type { View } from './view'

// Sizes are powers of two, so that a few staging buffers serve all. Large ones are rare (checkpoints, inspection) and not reused.
const isReused = (bytes: number) => bytes <= 2 ** 16

/** What the staging buffer takes that brings back so many bytes. */
export const stagingSize = (bytes: number): number => (isReused(bytes) ? 2 ** Math.ceil(Math.log2(Math.max(16, bytes))) : bytes)

const isBrowser = (name: RegExp): boolean => name.test(globalThis.navigator?.userAgent ?? '')

/** Whether the browser looks for finished work by a timer of 100 ms alone, and when something is submitted, be it nothing:
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1870699. */
const needsPolling = (): boolean => isBrowser(/firefox/i)

/** Whether it looks at once, then after 2 ms, then each ms (`kHandleMoreWorkPeriodMs` of Chromium's command_buffer_stub.cc), and when
 * something is submitted: work of half a millisecond would be told of after more than two. */
const needsReminder = (): boolean => isBrowser(/chrom(e|ium)\//i)

export class Readback {
  readonly #free = new Map<number, GPUBuffer[]>()
  /** How many wait for the GPU, and what polls it meanwhile. */
  #waiting = 0
  #polling: ReturnType<typeof setInterval> | undefined

  constructor(
    private readonly device: GPUDevice,
    private readonly lifetime: { checkAlive(): void; throwIfLost(): Promise<void> },
  ) {}

  /** Copies a view to the CPU, in a submit of its own. @throws SluiceError `device-lost`. */
  read(view: View): Promise<ArrayBuffer> {
    this.lifetime.checkAlive()
    const encoder = this.device.createCommandEncoder({ label: `read ${view.buffer.label}` })
    const arrive = this.encode(encoder, view)
    this.device.queue.submit([encoder.finish()])
    return arrive()
  }

  /** Encodes a copy of `view` (its size a multiple of 4). After the submit, call what is returned, once: it resolves
   * with the bytes. @throws SluiceError `device-lost`, from what is returned. */
  encode(encoder: GPUCommandEncoder, view: View): () => Promise<ArrayBuffer> {
    const size = stagingSize(view.size)
    const free = this.#free.get(size) ?? []
    this.#free.set(size, free)
    const staging = free.pop() ?? this.device.createBuffer({ label: `readback of ${size} bytes`, size, usage: 0x01 | 0x08 }) // MAP_READ, COPY_DST
    encoder.copyBufferToBuffer(view.buffer, view.offset, staging, 0, view.size)
    return async () => {
      await this.#map(staging)
      const bytes = staging.getMappedRange(0, view.size).slice(0)
      staging.unmap()
      if (isReused(view.size)) free.push(staging)
      else staging.destroy()
      return bytes
    }
  }

  /** Waits for what WebGPU says when queued work is done. Firefox says so ten times a second only, so it is polled; Chromium looks late for
   * short work, so it is reminded once. */
  async whenDone<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const ask = () => this.device.queue.submit([])
    if (needsReminder()) {
      const reminder = setTimeout(ask, 1)
      return answer.finally(() => clearTimeout(reminder))
    }
    if (!needsPolling()) return answer
    this.#waiting++
    this.#polling ??= setInterval(ask, 4)
    try {
      return await answer
    } finally {
      if (--this.#waiting === 0) {
        clearInterval(this.#polling)
        this.#polling = undefined
      }
    }
  }

  async #map(buffer: GPUBuffer): Promise<void> {
    try {
      await this.whenDone(buffer.mapAsync(0x01)) // READ
    } catch (cause) {
      await this.lifetime.throwIfLost()
      throw new SluiceError('gpu-error', `could not read ${buffer.label}: ${String((cause as Error).message ?? cause)}`, { cause })
    }
  }
}
