// From the settings of the form to the options of the library.
import { adam, momentum, rmsprop, sgd, SluiceError, type Optimizer, type TrainOptions } from 'sluice'
import type { OptimizerName, Sampling, Settings } from './settings'

const optimizers: Record<OptimizerName, (rate: number) => Optimizer> = {
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

/** @param epochs Infinity for no limit */
export function trainOptions({ batch, steps, clipNorm, partition, optimizer, rate, seed }: Settings, epochs: number): TrainOptions {
  return { batch, steps, clipNorm, partition, optimizer: optimizers[optimizer](rate), epochs: epochs === Infinity ? 2 ** 31 : epochs, seed }
}
