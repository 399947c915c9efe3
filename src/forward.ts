// What prediction and evaluation share: batches of one shape go forward through a network, one after the other, with one submit each.
import { checkBatch } from './check-batch'
import { checkFlag, checkOptions, SluiceError, type Known } from './errors'
import type { View } from './gpu/view'
import type { Plan } from './gpu/plan'
import type { StrategyName, StrategyOption } from './gpu/strategy'
import { writeTensor } from './gpu/tensor'
import type { Network } from './network'
import { packBatch, unpackRows, type PackedBatch } from './packing'
import type { PredictorState } from './predictor-state'
import { maskRows } from './schedule/batch'
import type { Unrolled } from './schedule/unroll'
import { Session } from './session'
import { readsForwards, recurrentLayers } from './spec'

export interface ForwardShape {
  readonly steps: number
  readonly batch: number
  readonly strategy?: StrategyOption | undefined
}

export interface ForwardBatch {
  readonly ids?: Uint32Array
  readonly features?: Float32Array
  readonly targets?: Uint32Array | Float32Array
  readonly weights?: Float32Array
  readonly lengths?: Uint32Array
  readonly mask?: Uint8Array
  readonly fresh?: boolean
  readonly state?: PredictorState
}

/** One program for each way to begin, and one for the batch. */
type ForwardProgram = 'fresh' | 'carry' | 'forward'

export class Forward {
  #destroyed = false
  /** Whether the last batch was that of a stream, so that its final state is not to be carried. */
  #wasStream = false

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

  /** @throws SluiceError `disposed`, `device-lost`. */
  checkAlive(): void {
    if (this.#destroyed) throw new SluiceError('disposed', `this ${this.owner} was destroyed. Create a new one.`)
    this.network.checkAlive()
    this.session.gpu.checkAlive()
  }

  /** The batch as it was checked, with its defaults, without skipped steps, and with lengths of its own: they are read again when the batch comes
   * back.
   * @param checkState refuses what is no state: an evaluator, which takes none, need not know what one is
   * @throws SluiceError `bad-shape`, `bad-value` for a batch that does not fit; `disposed`, `device-lost`. */
  check<Batch extends ForwardBatch>(
    unchecked: Batch,
    example: string,
    known: Known<Batch>,
    checkState?: (state: unknown) => void,
  ): Omit<Batch, 'mask'> & PackedBatch & { readonly fresh: boolean } {
    this.checkAlive()
    const batch = checkOptions<Batch>('batch', unchecked, example, known)
    const { state } = batch
    const { fresh = state === undefined } = batch
    checkFlag('fresh', fresh)
    if (state !== undefined) {
      checkState?.(state)
      state.bufferFor(this.network, this.shape.batch)
    }
    checkBatch(this.network.spec, { ...batch, steps: this.shape.steps, batch: this.shape.batch })
    if (!fresh && !state && this.#wasStream)
      throw new SluiceError(
        'bad-value',
        'fresh is false, but the batch before had a state of its own, so there is none to carry over. Pass a state to each batch, or begin fresh.',
      )
    if (!fresh && !state && !recurrentLayers(this.network.spec).every(({ layer }) => readsForwards(layer)))
      throw new SluiceError(
        'bad-value',
        'fresh is false, but a bidirectional network, or one that reads backwards, cannot carry its state from batch to batch: it reads each batch from its end. Use fresh batches, or pass a state, whose backward direction then goes on from the beginning of the batch before.',
      )
    const { mask, ...arrays } = batch
    const packed = packBatch(this.network.spec, this.shape, { ...arrays, ...(mask && { mask }) })
    return { ...arrays, ...packed, fresh, ...(packed.lengths && { lengths: packed.lengths.slice() }) }
  }

  /** Sends a batch that `check` returned and submits it, with copies of `reads`. */
  submit({ fresh, state, ...batch }: PackedBatch & Pick<ForwardBatch, 'fresh' | 'state'>, reads: readonly View[]): Promise<ArrayBuffer>[] {
    const { gpu, unrolled } = this.session
    const { ids, features, targets, weights, lengths } = batch
    unrolled.batch.write({ ids, targets, weights, lengths })
    if (features) writeTensor(gpu, unrolled.x!, maskRows(features, { ...this.shape, lengths }))
    this.#wasStream = state !== undefined
    if (!state) return this.session.submit(this.plan.name, [fresh ? 'fresh' : 'carry', 'forward'], reads)
    if (fresh) state.reset()
    const { states } = unrolled
    const buffer = state.bufferFor(this.network, this.shape.batch)
    const [load, store] = [
      (encoder: GPUCommandEncoder) => states.encodeLoad(encoder, buffer),
      (encoder: GPUCommandEncoder) => states.encodeStore(encoder, buffer),
    ]
    return this.session.submit(this.plan.name, ['forward'], reads, load, store)
  }

  /** Logits as they are handed out: with zeros past the end of each row and at skipped steps. */
  results<Values extends Float32Array>(logits: Values, batch: PackedBatch): Values {
    return this.network.spec.head!.at === 'last' ? logits : unpackRows(logits, batch, this.shape)
  }

  destroy(): void {
    this.#destroyed = true
    this.session.destroy()
  }
}
