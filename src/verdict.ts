// Why a training step was dropped, in words. The GPU has judged that it was (shaders/loss/statistics.wgsl); the causes are looked for
// here, in what was there before the step, which a dropped step leaves as it was.
import { SluiceError } from './errors'
import { firstBroken, largestOf } from './finite'

/** As shaders/lib/control.wgsl has them. */
export const verdicts = { counts: 0, skipped: 1, stopped: 2, behind: 3 } as const

type Values = ReadonlyMap<string, ArrayLike<number>>

/** A step that was dropped, and what it began with. */
export interface DroppedStep {
  readonly step: number
  readonly loss: number
  readonly gradientNorm: number
  readonly rate: number
  readonly clipNorm: number | undefined
  /** The largest absolute values of what the step was given, by name; only features and targets that are numbers. */
  readonly given: ReadonlyMap<string, number>
  readonly parameters: Values
  readonly memory: Values
  /** The states that were carried into it; empty where it began anew. */
  readonly carried: Values
}

/** What has a square that float32 has not. */
const tooLarge = 1e18

const short = (value: number): string => String(Number(value.toPrecision(3)))

/** Names the cause: weights or states that were not finite before the step, numbers whose squares overflow, or else the gradient. */
export function whyDropped({ step, loss, gradientNorm, rate, clipNorm, given, parameters, memory, carried }: DroppedStep): SluiceError {
  const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm)
  const seen = !finite
    ? Number.isFinite(loss)
      ? `the gradient's norm is ${gradientNorm}`
      : `the loss is ${loss}`
    : `the update is infinite (rate ${rate} times a gradient of norm ${short(gradientNorm)})`
  const stands = 'Weights, optimizer and state are those before the step.'
  const error = (why: string) => new SluiceError('not-finite', `${seen} at step ${step}: ${why}`)
  const weight = firstBroken(parameters)
  if (weight)
    return error(
      `before the step the parameter ${weight}, so it is the weights that are broken, and no rate will mend them. Load what was saved before, or create the model anew.`,
    )
  const remembered = firstBroken(memory)
  if (remembered) return error(`before the step what the optimizer remembers was broken: ${remembered}. Create the trainer anew.`)
  const state = firstBroken(carried)
  if (state)
    return error(
      `the state that was carried into the step was not finite: ${state}. Begin the batch anew with fresh: true, or lower the learning rate (${rate}). ${stands}`,
    )
  for (const [name, most] of given)
    if (most > tooLarge)
      return error(`the ${name} reach ${short(most)}, and float32 does not hold their squares. Scale them, best to between −1 and 1. ${stands}`)
  const clip = clipNorm === undefined || clipNorm === Infinity ? 'set clipNorm' : `clip harder than clipNorm ${clipNorm}`
  return error(
    `the gradient exploded. Lower the learning rate (${rate}) or ${clip}. The largest weight is ${largestOf(parameters)}, the gradient's norm ${short(gradientNorm)}. ${stands}`,
  )
}
