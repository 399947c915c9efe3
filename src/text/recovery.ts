// A training whose GPU was lost: how another one is opened, and when it is given up.
import { show, SluiceError } from '../errors'
import { Gpu } from '../gpu/device'
import { patiently } from '../gpu/lifetime'
import type { Network } from '../network'
import { checkOwn } from '../opaque'
import { LossLimit } from './loss-limit'

/** Whether a training goes on by itself when its GPU is lost; or how to open the GPU that it then goes on with. */
export type Recover = boolean | (() => Promise<Gpu>)

/** A snapshot follows the one before by so many milliseconds at least, and by so many times as long as that one took until it
 * had come back, which is far more than it holds up the training. */
const [soonest, rest] = [1000, 30]

/** When the state of a training is copied, to go on from. */
export class Snapshots {
  #due = 0

  get due(): boolean {
    return performance.now() >= this.#due
  }

  /** Takes one, and tells when the next is due by how long it took. */
  async take<State>(take: () => Promise<State>): Promise<State> {
    const from = performance.now()
    this.#due = Infinity // one at a time
    try {
      return await take()
    } finally {
      const now = performance.now()
      this.#due = now + Math.max(soonest, rest * (now - from))
    }
  }
}

export class Recovery {
  readonly #limit = new LossLimit()
  #count = 0

  /** @throws SluiceError `bad-value` for what cannot be recovered with. */
  constructor(
    private readonly network: Network,
    private readonly how: true | (() => Promise<Gpu>),
  ) {
    if (how === true && !network.gpu.canReopen)
      throw new SluiceError(
        'bad-value',
        'recover is true, but the device of this model was adopted, and only you can open it again. Give a function that does: { recover: async () => adoptDevice(await adapter.requestDevice()) }',
      )
  }

  /** @throws SluiceError `bad-value`. */
  static of(network: Network, recover: Recover = false): Recovery | null {
    if (typeof recover !== 'boolean' && typeof recover !== 'function')
      throw new SluiceError(
        'bad-value',
        `recover is ${show(recover)}, expected true or false, or a function that opens a device: { recover: () => openDevice() }`,
      )
    return recover === false ? null : new Recovery(network, recover)
  }

  /** How often the GPU was lost. */
  get losses(): number {
    return this.#count
  }

  /** Whether an error of the training comes of the loss of its GPU, and nobody meant to end it. */
  async isFor(error: unknown): Promise<boolean> {
    const { network } = this
    // What a lost device refuses is sometimes told before its loss is.
    const code = error instanceof SluiceError ? error.code : 'gpu-error'
    if (!['device-lost', 'gpu-error', 'too-large'].includes(code) || network.isDestroyed) return false
    if (!(await network.gpu.isLost(code === 'device-lost' ? 2000 : 100))) return false
    return !network.isDestroyed && !network.gpu.isClosed
  }

  /** Tells that the training is where it was. */
  isBack(): void {
    this.#limit.isBack()
  }

  /** Opens another GPU and puts the network there, with these weights.
   * @throws SluiceError `device-lost` where it was lost too often or no other could be opened, `disposed`. */
  async reopen(why: unknown, weights: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (let loss = why; ;) {
      this.#count++
      if (this.#limit.lost())
        throw new SluiceError('device-lost', `the GPU was lost ${LossLimit.max} times within a minute, the last time so: ${messageOf(loss)}`, { cause: loss })
      const gpu = await this.#open()
      try {
        const { network, how } = this
        return await network.moveTo(gpu, weights, { owns: how === true && network.ownsGpu })
      } catch (error) {
        if (this.network.isDestroyed || gpu.isClosed || !(await gpu.isLost())) throw error
        loss = error
      }
    }
  }

  async #open(): Promise<Gpu> {
    const { network, how } = this
    try {
      const gpu = how === true ? await network.gpu.reopened() : await patiently(how)
      checkOwn('what recover gave', gpu, Gpu, 'what openDevice() gives, or adoptDevice(device) of a GPUDevice')
      network.checkNotDestroyed()
      return gpu
    } catch (error) {
      if (network.isDestroyed || network.gpu.isClosed) throw error
      throw new SluiceError('device-lost', `the GPU was lost, and no other could be opened: ${messageOf(error)}`, { cause: error })
    }
  }
}

const messageOf = (error: unknown): string => String((error as Error)?.message ?? error)
