// From the settings of the form to the options of the library.
import {
  adam,
  constant,
  cosine,
  exponential,
  momentum,
  rmsprop,
  sgd,
  SluiceError,
  stepwise,
  warmup,
  type Optimizer,
  type Rate,
  type TrainOptions,
} from 'sluice'
import { defaults, type OptimizerName, type Sampling, type ScheduleName, type Settings } from './settings'

/** The share of the rate that is left at the end of a schedule: a run that is continued after it still learns. */
const floor = 0.05

/** The schedules over so many training steps. */
const schedules: Record<ScheduleName, (rate: number, steps: number) => Rate> = {
  constant,
  cosine: (rate, steps) => cosine({ rate, steps, floor: floor * rate }),
  exponential: (rate, steps) => exponential({ rate, decay: floor, every: steps }),
  stepwise: (rate, steps) => stepwise({ rate, decay: 0.3, at: [...new Set([0.5, 0.75].map((share) => Math.ceil(share * steps)))] }),
  warmup: (rate, steps) => warmup(Math.ceil(steps / 20), rate),
}

const optimizers: Record<OptimizerName, (rate: Rate) => Optimizer> = {
  adam: (rate) => adam({ rate }),
  rmsprop: (rate) => rmsprop({ rate }),
  momentum: (rate) => momentum({ rate }),
  sgd: (rate) => sgd({ rate }),
}

/** Checks the limit of training steps, which is the page's own: the library counts epochs. */
export function checkSettings({ iterations }: Settings): void {
  if (iterations === Infinity || (Number.isSafeInteger(iterations) && iterations > 0)) return
  throw new SluiceError('bad-value', `training steps is ${iterations}, expected a whole number of at least 1, or an empty field for no limit but the epochs`)
}

/** A longer sample would delay the training at every evaluation. */
const maxSampleLength = 10_000

export function checkSampling({ length }: Sampling): void {
  if (length > maxSampleLength)
    throw new SluiceError('bad-value', `length is ${length}, expected at most ${maxSampleLength}: every sample has so many characters`)
}

/** Batch and steps as they are or, for a text that is shorter than one minibatch, as large as fit into it.
 * @param length characters to train on */
export function fitted(
  { batch, steps }: { readonly batch: number; readonly steps: number },
  length: number,
): { readonly batch: number; readonly steps: number } {
  const right = [batch, steps].every((value) => Number.isSafeInteger(value) && value > 0)
  if (!right || length > batch * steps || length < 2) return { batch, steps }
  // Some rows rather than one long one: their gradients are averaged.
  const fewer = Math.min(steps, Math.max(1, Math.floor((length - 1) / 4)))
  return { batch: Math.min(batch, Math.floor((length - 1) / fewer)), steps: fewer }
}

/** A schedule without a limit of training steps takes the usual number. @param epochs Infinity for no limit */
export function trainOptions({ batch, steps, clipNorm, partition, optimizer, rate, schedule, iterations, seed }: Settings, epochs: number): TrainOptions {
  const changing = schedules[schedule](rate, Number.isSafeInteger(iterations) ? iterations : defaults.iterations)
  // The library goes on without a limit of epochs where it is given one of steps.
  const limit = epochs === Infinity ? { iterations: Number.MAX_SAFE_INTEGER } : { epochs }
  return { batch, steps, clipNorm, partition, optimizer: optimizers[optimizer](changing), ...limit, seed }
}
