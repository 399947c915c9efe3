// The error for a training step that was dropped. The GPU decides that a step is dropped (shaders/loss/statistics.wgsl). This module
// finds the cause in the values from before the step, which a dropped step leaves unchanged.
import { SluiceError } from './errors'
import { describeFirstNotFinite, describeLargest } from './finite'

/** The GPU's verdict on a step: the constants of shaders/lib/control.wgsl. */
export const verdicts = { counts: 0, skipped: 1, stopped: 2, behind: 3 } as const

type Values = ReadonlyMap<string, ArrayLike<number>>

/** A dropped step, and the values from before it. */
export interface DroppedStep {
  readonly step: number
  readonly loss: number
  readonly gradientNorm: number
  readonly rate: number
  readonly clipNorm: number | undefined
  /** Largest absolute values of the float inputs of the step, by name: features, and targets that are numbers. */
  readonly inputs: ReadonlyMap<string, number>
  readonly parameters: Values
  readonly optimizerState: Values
  /** The states that were carried into the step; empty for a fresh batch. */
  readonly carried: Values
}

/** From about here on, squares overflow float32. */
const squareOverflows = 1e18

const short = (value: number): string => String(Number(value.toPrecision(3)))

/** Names the cause: weights or states that were not finite before the step, inputs whose squares overflow, or else the gradient. */
export function explainDroppedStep({ step, loss, gradientNorm, rate, clipNorm, inputs, parameters, optimizerState, carried }: DroppedStep): SluiceError {
  const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm)
  const symptom = !finite
    ? Number.isFinite(loss)
      ? `the norm of the gradient is ${gradientNorm}`
      : `the loss is ${loss}`
    : `the update is not finite (learning rate ${rate}, norm of the gradient ${short(gradientNorm)})`
  const unchanged = 'Weights, optimizer state and carried state are as before the step.'
  const error = (why: string) => new SluiceError('not-finite', `${symptom} at step ${step}: ${why}`)
  const weight = describeFirstNotFinite(parameters)
  if (weight) return error(`the parameter ${weight} before the step, so a lower learning rate does not help. Load an earlier save, or create the model again.`)
  const moment = describeFirstNotFinite(optimizerState)
  if (moment) return error(`the optimizer state was not finite before the step: ${moment}. Create the trainer again.`)
  const state = describeFirstNotFinite(carried)
  if (state)
    return error(
      `the state that was carried into the step was not finite: ${state}. Reset the state with fresh: true, or lower the learning rate (${rate}). ${unchanged}`,
    )
  for (const [name, most] of inputs)
    if (most > squareOverflows) return error(`the ${name} reach ${short(most)}, and their squares overflow float32. Scale them to about −1 to 1. ${unchanged}`)
  const clip = clipNorm === undefined || clipNorm === Infinity ? 'set clipNorm' : `lower clipNorm (${clipNorm})`
  return error(
    `the gradient exploded. Lower the learning rate (${rate}) or ${clip}. The largest weight is ${describeLargest(parameters)}, the norm of the gradient ${short(gradientNorm)}. ${unchanged}`,
  )
}
