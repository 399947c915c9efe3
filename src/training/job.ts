// What a model hands to the training loop, and what the loop yields.
import type { ModelFile } from '../formats/model-file'
import type { Network } from '../network'
import type { StepResult, Trainer, TrainerOptions, TrainingBatch } from '../trainer'
import type { BatchSource } from './batch-cursor'
import type { Recover } from './recovery'

/** A step as the loop yields it; each model adds what its users want to know. */
export interface LoopStep extends StepResult {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Steps in all epochs, or `iterations` if that is less. */
  readonly totalSteps: number
  /** Mean loss of this epoch so far, without skipped steps. */
  readonly epochLoss: number
  /** Steps of rows per second (T · B a training step), over the last three seconds. */
  readonly perSecond: number
  /** How often the GPU was lost and the training recovered; 0 without `recover`. */
  readonly recovered: number
}

/** A training: loop over it to train. */
export interface Training<Step> extends AsyncGenerator<Step, void, undefined> {
  /** The model and the state of its training, as a file. With it as `resume`, `train` with the same options continues bit for bit: its
   * loop starts with the step after the last one that this loop yielded. `load` of the model reads the file too.
   *
   * May be called at any time from the first step on. The training does not wait for it: the GPU copies its state between two steps.
   * After the loop, it saves the state at its end; after a step that was not finite, the state before that step, to continue with a lower
   * rate. With `recover` it waits for a recovery; if the training gave up, it saves the last copy.
   * @throws SluiceError `not-finite` for weights that are not finite, `disposed` if the model was destroyed, `device-lost`; `bad-value`
   * before the first step. */
  save(): Promise<Uint8Array<ArrayBuffer>>
}

/** A training, as a model configures it. */
export interface TrainingJob {
  readonly network: Network
  /** What is trained on, in batches. */
  readonly source: BatchSource<TrainingBatch>
  readonly trainer: TrainerOptions
  readonly epochs: number
  /** Training steps in all; undefined for no limit but the epochs. */
  readonly iterations: number | undefined
  /** Seed of the batches. */
  readonly seed: number
  /** Changes the batch of a step. Default: no change. */
  readonly prepare?: (batch: TrainingBatch, step: number) => TrainingBatch
  /** Trains on a batch by passes of the trainer, for a loss of the model's own. The next step waits for it. Default: a step of the trainer. */
  readonly passes?: (trainer: Trainer, batch: TrainingBatch) => Promise<StepResult>
  /** What else the steps depend on, for the file: options of the model, and a fingerprint of the data under the name of the data. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The rest of the file, in addition to network and training. */
  readonly file: Pick<ModelFile, 'model' | 'vocabulary' | 'series'>
  readonly resume: Uint8Array | ArrayBuffer | undefined
  readonly recover: Recover | undefined
}

/** A state to continue from; without `training`, the beginning. */
export type SavedTraining = Omit<ModelFile, 'model' | 'vocabulary' | 'series'>

/** No limit of epochs. */
export const mostEpochs = 2 ** 31
