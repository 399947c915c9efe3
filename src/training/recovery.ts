// Recovery of a training from the loss of its GPU: opens another one, or gives up.
import { show, SluiceError } from '../errors'
import { Gpu } from '../gpu/device'
import { patiently } from '../gpu/lifetime'
import type { Network } from '../network'
import { checkInstance } from '../proxy-guard'
import { LossLimit } from './loss-limit'

/** Whether a training recovers from the loss of its GPU; or a function that opens the GPU to continue on. */
export type Recover = boolean | (() => Promise<Gpu>)

/** Least milliseconds between two snapshots; and their least distance as a multiple of the time that the one before took to arrive. (It
 * delays the training by far less than that.) */
const [minIntervalMs, minRestFactor] = [1000, 30]

/** Schedules the snapshots of a training. */
export class Snapshots {
  #due = 0

  get due(): boolean {
    return performance.now() >= this.#due
  }

  /** Takes a snapshot, and schedules the next one by the time that it took. */
  async take<State>(take: () => Promise<State>): Promise<State> {
    const from = performance.now()
    this.#due = Infinity // one at a time
    try {
      return await take()
    } finally {
      const now = performance.now()
      this.#due = now + Math.max(minIntervalMs, minRestFactor * (now - from))
    }
  }
}

export class Recovery {
  readonly #limit = new LossLimit()
  #count = 0

  /** @throws SluiceError `bad-value` for true with an adopted device. */
  constructor(
    private readonly network: Network,
    private readonly how: true | (() => Promise<Gpu>),
  ) {
    if (how === true && !network.gpu.canReopen)
      throw new SluiceError(
        'bad-value',
        'recover is true, but the device of this model was adopted, and only you can open it again. Pass a function that does: { recover: async () => adoptDevice(await adapter.requestDevice()) }',
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

  /** Number of losses. */
  get losses(): number {
    return this.#count
  }

  /** Whether an error comes from the loss of the GPU, and not from a `destroy`. */
  async canRecoverFrom(error: unknown): Promise<boolean> {
    const { network } = this
    // A lost device may report other errors before its loss.
    const code = error instanceof SluiceError ? error.code : 'gpu-error'
    if (!['device-lost', 'gpu-error', 'too-large'].includes(code) || network.isDestroyed) return false
    if (!(await network.gpu.isLost(code === 'device-lost' ? 2000 : 100))) return false
    return !network.isDestroyed && !network.gpu.isClosed
  }

  /** Ends a recovery: the training is back at the step where it was. */
  recovered(): void {
    this.#limit.isBack()
  }

  /** Opens another GPU and moves the network there, with these weights.
   * @throws SluiceError `device-lost` after too many losses, and if no other GPU could be opened; `disposed`. */
  async reopen(why: unknown, weights: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (let loss = why; ;) {
      this.#count++
      if (this.#limit.lost())
        throw new SluiceError('device-lost', `the GPU was lost ${LossLimit.max} times within a minute. The last message is: ${messageOf(loss)}`, {
          cause: loss,
        })
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
      checkInstance('the result of recover', gpu, Gpu, 'the result of openDevice(), or of adoptDevice(device) for a GPUDevice')
      network.checkNotDestroyed()
      return gpu
    } catch (error) {
      if (network.isDestroyed || network.gpu.isClosed) throw error
      throw new SluiceError('device-lost', `the GPU was lost, and no other could be opened: ${messageOf(error)}`, { cause: error })
    }
  }
}

const messageOf = (error: unknown): string => String((error as Error)?.message ?? error)
