// Once through a text after the other, minibatch by minibatch, from a place on: where a training stands in its text is
// three whole numbers, because what cuts and orders the text is counter-based.
import { checkCount } from '../errors'
import { Random } from '../random'
import { batchesPerEpoch, randomBatches, sequentialBatches, type Batch, type BatchShape, type Epoch } from './batches'

export type Partition = 'sequential' | 'random'

export interface CursorPosition {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Minibatches of it that were taken. */
  readonly taken: number
  /** Random numbers drawn before it was cut. */
  readonly drawn: number
}

export interface BatchCursorOptions extends BatchShape {
  readonly partition: Partition
  readonly epochs: number
  /** Seed of where the text is cut and in what order it is read. */
  readonly seed: number
}

/** Stream of the seed. */
const cutting = 1

export class BatchCursor {
  readonly #random: Random
  #place: CursorPosition
  #batches: Epoch<Batch> | null = null

  /** The text and the options are checked here, not at the first minibatch.
   * @throws SluiceError `bad-text` where the text is too short, `bad-value`; also for a place that no reading of the text comes to. */
  constructor(
    private readonly ids: Uint32Array,
    private readonly options: BatchCursorOptions,
    from: CursorPosition = { epoch: 0, taken: 0, drawn: 0 },
  ) {
    this.#random = new Random(options.seed, cutting, from.drawn)
    this.#place = from
    this.#cut()
    // An epoch has no more minibatches than that, and past the last epoch there are none.
    checkCount('taken', from.taken, { min: 0, max: this.#batches ? batchesPerEpoch(ids.length, options) : 0 })
    for (let k = 0; k < from.taken; k++) this.#batches!.next()
  }

  /** Where the next minibatch comes from. */
  get position(): CursorPosition {
    return this.#place
  }

  /** The next minibatch, or null after the last epoch. */
  next(): (Batch & { readonly epoch: number }) | null {
    while (this.#batches) {
      const { epoch, taken, drawn } = this.#place
      const { value } = this.#batches.next()
      if (value) {
        this.#place = { epoch, taken: taken + 1, drawn }
        return { ...value, epoch }
      }
      this.#place = { epoch: epoch + 1, taken: 0, drawn: this.#random.index }
      this.#cut()
    }
    return null
  }

  #cut(): void {
    const { partition, epochs, batch, steps } = this.options
    const cut = partition === 'sequential' ? sequentialBatches : randomBatches
    this.#batches = this.#place.epoch < epochs ? cut(this.ids, { batch, steps, random: this.#random }) : null
  }
}
