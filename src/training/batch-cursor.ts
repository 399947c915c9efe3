// Iterates over the minibatches of several epochs, from any position. A position is three whole numbers, because the random numbers that split
// and order the data are counter-based.
import { checkCount } from '../errors'
import { Random } from '../random'

/** One pass through the data. */
export type Epoch<Item> = Generator<Item, void, undefined>

/** Data, as a cursor iterates over it. */
export interface BatchSource<Batch> {
  /** The largest number of minibatches in an epoch. */
  readonly batchesPerEpoch: number
  /** Splits and orders the data anew. Checks the data and draws all random numbers at the call, not at the first minibatch.
   * @throws SluiceError for data that has not one minibatch. */
  epoch(random: Random): Epoch<Batch>
}

export interface CursorPosition {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Minibatches taken in this epoch. */
  readonly taken: number
  /** Random numbers drawn before this epoch. */
  readonly drawn: number
}

export interface BatchCursorOptions {
  readonly epochs: number
  /** Seed of offsets and order. */
  readonly seed: number
}

/** Random stream of offsets and order. */
const batchStream = 1

export class BatchCursor<Batch> {
  readonly #random: Random
  #position: CursorPosition
  #batches: Epoch<Batch> | null = null

  /** Checks data and options here, not at the first minibatch.
   * @throws SluiceError the errors of the source; `bad-value` for options, also for a position that the data does not have. */
  constructor(
    private readonly source: BatchSource<Batch>,
    private readonly options: BatchCursorOptions,
    from: CursorPosition = { epoch: 0, taken: 0, drawn: 0 },
  ) {
    this.#random = new Random(options.seed, batchStream, from.drawn)
    this.#position = from
    this.#startEpoch()
    // None after the last epoch.
    checkCount('taken', from.taken, { min: 0, max: this.#batches ? source.batchesPerEpoch : 0 })
    for (let k = 0; k < from.taken; k++) this.#batches!.next()
  }

  /** Position of the next minibatch. */
  get position(): CursorPosition {
    return this.#position
  }

  /** The next minibatch, or null after the last epoch. */
  next(): (Batch & { readonly epoch: number }) | null {
    while (this.#batches) {
      const { epoch, taken, drawn } = this.#position
      const { value } = this.#batches.next()
      if (value) {
        this.#position = { epoch, taken: taken + 1, drawn }
        return { ...value, epoch }
      }
      this.#position = { epoch: epoch + 1, taken: 0, drawn: this.#random.index }
      this.#startEpoch()
    }
    return null
  }

  #startEpoch(): void {
    this.#batches = this.#position.epoch < this.options.epochs ? this.source.epoch(this.#random) : null
  }
}
