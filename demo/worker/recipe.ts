// From the settings of the form to the options of the library.
import { adam, momentum, rmsprop, sgd, SluiceError, type Optimizer, type TrainOptions } from 'sluice'
import type { OptimizerName, Settings } from '../session/settings'

const optimizers: Record<OptimizerName, (rate: number) => Optimizer> = {
  adam: (rate) => adam({ rate }),
  rmsprop: (rate) => rmsprop({ rate }),
  momentum: (rate) => momentum({ rate }),
  sgd: (rate) => sgd({ rate }),
}

/** The one setting that is the page's own: the library counts epochs. */
export function checkSettings({ iterations }: Settings): void {
  if (iterations === Infinity || (Number.isSafeInteger(iterations) && iterations > 0)) return
  throw new SluiceError('bad-value', `training steps is ${iterations}, expected a whole number of at least 1, or nothing for no limit but the epochs`)
}

/** @param round times that the training was gone through before; each cuts the text at other places. */
export function trainOptions({ batch, steps, clipNorm, partition, epochs, iterations, optimizer, rate, seed }: Settings, round: number): TrainOptions {
  return {
    batch,
    steps,
    clipNorm,
    partition,
    optimizer: optimizers[optimizer](rate),
    // Every epoch has a step at least, so as many epochs as steps are enough; the run stops in time.
    epochs: epochs === Infinity ? iterations : epochs,
    seed: (seed + round) >>> 0,
  }
}
