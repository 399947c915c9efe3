// Settings that more than one kind of run has.
import { SluiceError } from 'sluice'

const isWhole = (value: number) => Number.isSafeInteger(value) && value > 0

/** @param iterations training steps; Infinity for no limit @param steps of a sequence @throws SluiceError `bad-value` */
export function checkSteps({ iterations, steps }: { readonly iterations: number; readonly steps: number }): void {
  if (!(iterations === Infinity || isWhole(iterations)))
    throw new SluiceError('bad-value', `training steps is ${iterations}, expected a whole number of at least 1, or an empty field for no limit`)
  if (!(isWhole(steps) && steps > 2)) throw new SluiceError('bad-value', `time steps is ${steps}, expected a whole number of at least 3`)
}
