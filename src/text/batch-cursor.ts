// Iterates over the minibatches of several epochs, from any position. A position is three whole numbers, because the random numbers that split
// and order the text are counter-based.
import { checkCount } from '../errors'
import { Random } from '../random'
import { batchesPerEpoch, randomBatches, sequentialBatches, type Batch, type BatchShape, type Epoch } from './batches'

/** How a text is split into minibatches. */
export type Partition = 'sequential' | 'random'

export interface CursorPosition {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Minibatches taken in this epoch. */
  readonly taken: number
  /** Random numbers drawn before this epoch. */
  readonly drawn: number
}

export interface BatchCursorOptions extends BatchShape {
  readonly partition: Partition
  readonly epochs: number
  /** Seed of offsets and order. */
  readonly seed: number
}

/** Random stream of offsets and order. */
const batchStream = 1

export class BatchCursor {
  readonly #random: Random
  #position: CursorPosition
  #batches: Epoch<Batch> | null = null

  /** Checks text and options here, not at the first minibatch.
   * @throws SluiceError `bad-text` for a text that is too short; `bad-value`, also for a position that the text does not have. */
  constructor(
    private readonly ids: Uint32Array,
    private readonly options: BatchCursorOptions,
    from: CursorPosition = { epoch: 0, taken: 0, drawn: 0 },
  ) {
    this.#random = new Random(options.seed, batchStream, from.drawn)
    this.#position = from
    this.#startEpoch()
    // The largest number of minibatches in an epoch; none after the last epoch.
    checkCount('taken', from.taken, { min: 0, max: this.#batches ? batchesPerEpoch(ids.length, options) : 0 })
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
    const { partition, epochs, batch, steps } = this.options
    const batchesOf = partition === 'sequential' ? sequentialBatches : randomBatches
    this.#batches = this.#position.epoch < epochs ? batchesOf(this.ids, { batch, steps, random: this.#random }) : null
  }
}
