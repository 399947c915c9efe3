// What prediction and evaluation share: batches of one shape go forward through a network, one after the other, with one submit each.
import { checkBatch } from './check-batch'
import { checkFlag, checkOptions, SluiceError, type Known } from './errors'
import type { View } from './gpu/view'
import type { Plan } from './gpu/plan'
import type { StrategyName, StrategyOption } from './gpu/strategy'
import { writeTensor } from './gpu/tensor'
import type { Network } from './network'
import { maskRows } from './schedule/batch'
import type { Unrolled } from './schedule/unroll'
import { Session } from './session'

export interface ForwardShape {
  readonly steps: number
  readonly batch: number
  readonly strategy?: StrategyOption | undefined
}

export interface ForwardBatch {
  readonly ids?: Uint32Array
  readonly features?: Float32Array
  readonly targets?: Uint32Array | Float32Array
  readonly lengths?: Uint32Array
  readonly fresh?: boolean
}

/** One program for each way to begin, and one for the batch. */
type ForwardProgram = 'fresh' | 'carry' | 'forward'

export class Forward {
  #destroyed = false

  private constructor(
    private readonly network: Network,
    private readonly shape: ForwardShape,
    private readonly owner: string,
    private readonly session: Session<ForwardProgram>,
  ) {}

  /** @param owner what messages call it, such as 'predictor'
   * @throws SluiceError as `Session.open`. */
  static async open(
    owner: string,
    network: Network,
    shape: ForwardShape,
    plansOf: (unrolled: Unrolled, strategy?: StrategyName) => Record<ForwardProgram, Plan>,
  ): Promise<Forward> {
    const { steps, batch, strategy } = shape
    return new Forward(network, shape, owner, await Session.open(network, { steps, batch, train: false }, strategy, plansOf))
  }

  get unrolled(): Unrolled {
    return this.session.unrolled
  }

  get plan(): Plan {
    return this.session.programs.forward.plan
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.session.bytes
  }

  /** The batch as it was checked, with its defaults, and with lengths of its own: they are read again when the batch comes back.
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit; `disposed`, `device-lost`. */
  check<Batch extends ForwardBatch>(unchecked: Batch, example: string, known: Known<Batch>): Batch & { readonly fresh: boolean } {
    if (this.#destroyed) throw new SluiceError('disposed', `this ${this.owner} was destroyed. Create a new one.`)
    this.network.checkAlive()
    this.session.gpu.checkAlive()
    const batch = checkOptions<Batch>('batch', unchecked, example, known)
    const { fresh = true } = batch
    checkFlag('fresh', fresh)
    checkBatch(this.network.spec, { ...batch, steps: this.shape.steps, batch: this.shape.batch })
    if (!fresh && this.unrolled.layers.some((layer) => layer.D === 2))
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network cannot carry its state from batch to batch: it also reads each batch from its end. Use fresh batches.',
      )
    return { ...batch, fresh, ...(batch.lengths && { lengths: batch.lengths.slice() }) }
  }

  /** Sends a batch that `check` returned and submits it, with copies of `reads`. */
  submit({ ids, features, targets, lengths, fresh }: ForwardBatch, reads: readonly View[]): Promise<ArrayBuffer>[] {
    const { gpu, unrolled } = this.session
    unrolled.batch.write({ ids, targets, lengths })
    if (features) writeTensor(gpu, unrolled.x!, this.mask(features, lengths))
    return this.session.submit(this.plan.name, [fresh ? 'fresh' : 'carry', 'forward'], reads)
  }

  /** Values [T, B, …] with zeros past the end of each row. */
  mask<Values extends Float32Array>(values: Values, lengths: Uint32Array | undefined): Values {
    return maskRows(values, { steps: this.shape.steps, batch: this.shape.batch, lengths })
  }

  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
  }
}
