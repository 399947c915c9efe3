// How a text is handed to the training loop, and what a text model yields of each step.
import type { StepResult } from '../trainer'
import type { BatchSource } from '../training/batch-cursor'
import type { LoopStep, Training as TrainingOf, TrainingJob } from '../training/job'
import { fingerprint } from '../training/loop-state'
import { batchesPerEpoch, randomBatches, sequentialBatches, type Batch, type BatchShape } from './batches'
import type { Corpus } from './corpus'

/** A step of a training, as its loop yields it. */
export interface Progress extends StepResult {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Steps in all epochs, or `iterations` if that is less. An epoch may have one step less, because it starts at a random offset. */
  readonly totalSteps: number
  /** exp(loss) of this batch: like a uniform choice among that many characters. */
  readonly perplexity: number
  /** exp(mean loss) of this epoch so far, without skipped steps (the figure that Dive into Deep Learning plots). */
  readonly epochPerplexity: number
  /** Characters per second, over the last three seconds. */
  readonly charsPerSecond: number
  /** How often the GPU was lost and the training recovered; 0 without `recover`. */
  readonly recovered: number
}

/** A training of a text model: loop over it to train. */
export type Training = TrainingOf<Progress>

export const textProgress = ({ epochLoss, perSecond, ...step }: LoopStep): Progress => ({
  ...step,
  perplexity: Math.exp(step.loss),
  epochPerplexity: Math.exp(epochLoss),
  charsPerSecond: perSecond,
})

/** How a text is split into minibatches. */
export type Partition = 'sequential' | 'random'

/** The training text of a corpus for the loop, and what a file says of it. */
export function textData(
  { training: ids, vocabulary }: Corpus,
  { partition, ...shape }: BatchShape & { readonly partition: Partition },
): Pick<TrainingJob, 'settings'> & { readonly source: BatchSource<Batch> } {
  const batchesOf = partition === 'sequential' ? sequentialBatches : randomBatches
  return {
    source: { batchesPerEpoch: batchesPerEpoch(ids.length, shape), epoch: (random) => batchesOf(ids, { ...shape, random }) },
    settings: { partition, characters: ids.length, text: fingerprint(ids, vocabulary.characters.join('')) },
  }
}
