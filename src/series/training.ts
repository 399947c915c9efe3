// How a series is handed to the training loop, and what it yields of each step.
import { firstNotFinite } from '../finite'
import type { StepResult, Trainer, TrainingBatch } from '../trainer'
import type { LoopStep } from '../training/job'
import { gaussianLoss } from './gaussian'

/** A step of the training of a series model, as its loop yields it. */
export interface SeriesProgress extends StepResult {
  /** Epoch, from 0: a pass through all windows. */
  readonly epoch: number
  /** Steps in all epochs, or `iterations` if that is less. */
  readonly totalSteps: number
  /** Mean loss of this epoch so far, without skipped steps. */
  readonly epochLoss: number
  /** Rows read per second, over the last three seconds. */
  readonly rowsPerSecond: number
  /** How often the GPU was lost and the training recovered; 0 without `recover`. */
  readonly recovered: number
}

export const seriesProgress = ({ perSecond, ...step }: LoopStep): SeriesProgress => ({ ...step, rowsPerSecond: perSecond })

/** A training step on the negative log-likelihood: the logits come to the CPU, and their gradient goes back. */
export async function gaussianStep(trainer: Trainer, { targets, ...batch }: TrainingBatch, variables: number): Promise<StepResult> {
  const logits = await trainer.forward(batch)
  const { loss, gradient } = gaussianLoss(logits, targets as Float32Array, variables)
  // Logits that are not finite are their own gradient: the trainer then drops the step, as its option says.
  const pass = firstNotFinite(logits) < 0 ? { logitGradients: gradient } : { encode: () => {} }
  const [, result] = await Promise.all([trainer.backward(pass), trainer.apply()])
  return { ...result, loss }
}
