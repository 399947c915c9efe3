// How long a device lives: its loss, what is said of that, and the device that takes its place.
import { SluiceError } from '../errors'

/** What can take the place of a lost device: another one, which may be lost in its turn. */
interface Successor<Self> {
  readonly isGone: boolean
  reopened(): Promise<Self>
  destroy(): void
}

/** Milliseconds before each attempt to open a device after a loss: a driver that was reset is not there at once. */
const attempts = [0, 250, 500, 1000, 2000, 4000]

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Opens a device in place of one that was lost. @throws what the last attempt does. */
export async function patiently<Device>(open: () => Promise<Device>): Promise<Device> {
  for (const [i, ms] of attempts.entries()) {
    await wait(ms)
    try {
      return await open()
    } catch (error) {
      if (i === attempts.length - 1 || !(error instanceof SluiceError) || error.code !== 'no-adapter') throw error
    }
  }
  throw new Error('no attempts')
}

export const deviceLost = (why: string, cause?: unknown): SluiceError =>
  new SluiceError('device-lost', `${why.replace(/[.\s]+$/, '')}. What was on the GPU is gone: open a device again and create the model anew.`, { cause })

export class Lifetime<Device extends Successor<Device>> {
  /** Resolves with a sentence when the device is lost, for whatever reason. */
  readonly lost: Promise<string>
  #lost: string | null = null
  #closed = false
  #successor: Promise<Device> | null = null

  constructor(
    private readonly device: GPUDevice,
    private readonly open: (() => Promise<Device>) | null,
  ) {
    this.lost = device.lost.then(({ reason, message }) => {
      if (reason === 'destroyed') this.#closed = true
      this.#lost = reason === 'destroyed' ? 'the device was closed' : `the GPU device was lost${message ? `: ${message}` : ''}`
      return this.#lost
    })
  }

  /** Whether the loss has been told. */
  get isGone(): boolean {
    return this.#lost !== null
  }

  /** Whether somebody closed it on purpose: it does not come back then. */
  get isClosed(): boolean {
    return this.#closed
  }

  get canReopen(): boolean {
    return this.open !== null
  }

  /** @throws SluiceError `device-lost` once the device is gone. */
  checkAlive(): void {
    if (this.#lost !== null) throw deviceLost(this.#lost)
  }

  /** Whether the device is gone. The browser may tell so up to `patience` milliseconds after an error that comes of it. */
  async isLost(patience = 100): Promise<boolean> {
    await Promise.race([this.lost, wait(patience)])
    return this.isGone
  }

  /** After a rejection: the loss of the device is reported separately, and says more, when it comes.
   * @throws SluiceError `device-lost` if it comes. */
  async throwIfLost(): Promise<void> {
    await this.isLost()
    this.checkAlive()
  }

  /** The device in place of this one, once for all who ask. @throws as `Gpu.reopened`. */
  async reopened(): Promise<Device> {
    const reopen = async () => {
      if (this.#closed) throw deviceLost(this.#lost ?? 'the device was closed')
      const device = await patiently(this.open!)
      if (!this.#closed) return device
      device.destroy() // meanwhile
      throw deviceLost('the device was closed')
    }
    const successor = (this.#successor ??= reopen())
    successor.catch(() => (this.#successor = null))
    const device = await successor
    return device.isGone ? device.reopened() : device
  }

  /** Closes the device, and the one in its place. */
  destroy(): void {
    this.#closed = true
    this.device.destroy()
    this.#successor?.then(
      (device) => device.destroy(),
      () => {},
    )
  }
}
