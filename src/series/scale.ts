// Normalisation: each variable of a series by the mean and the standard deviation of its training part. Computed in float64, so that a large
// offset costs no digits; the network reads float32.
import { checkList, checkOptions, show, SluiceError } from '../errors'
import { firstNotFinite, float32Note } from '../finite'

/** Mean and standard deviation of each variable, [K]. */
export interface Scale {
  readonly mean: readonly number[]
  /** Above 0. Of a variable that is constant it is 1, so that its normalised values are 0. */
  readonly deviation: readonly number[]
}

/** The scale of values [N, K]: the mean of a constant is exact, and the deviation is that of the values themselves (divided by N). */
export function scaleOf(values: Float64Array, variables: number): Scale {
  const rows = values.length / variables
  const [mean, deviation]: [number[], number[]] = [[], []]
  for (let k = 0; k < variables; k++) {
    const each = (visit: (value: number) => void) => {
      for (let n = 0; n < rows; n++) visit(values[n * variables + k]!)
    }
    // From the first value on, which is exact where all are the same.
    const first = values[k]!
    let sum = 0
    each((value) => (sum += value - first))
    const centre = first + sum / rows
    let largest = 0
    each((value) => (largest = Math.max(largest, Math.abs(value - centre))))
    // In units of the largest difference: squares of very small ones would be 0.
    let squares = 0
    if (largest > 0) each((value) => (squares += ((value - centre) / largest) ** 2))
    mean.push(centre)
    deviation.push(largest > 0 ? largest * Math.sqrt(squares / rows) : 1)
  }
  return { mean, deviation }
}

/** Values [N, K] as the network reads them.
 * @param name of the values, for a message
 * @throws SluiceError `bad-value` for a value so far from the mean that it is not finite in float32. */
export function normalise(name: string, values: Float64Array, { mean, deviation }: Scale): Float32Array<ArrayBuffer> {
  const K = mean.length
  const normalised = Float32Array.from(values, (value, i) => (value - mean[i % K]!) / deviation[i % K]!)
  const wrong = firstNotFinite(normalised)
  if (wrong < 0) return normalised
  const k = wrong % K
  throw new SluiceError(
    'bad-value',
    `${name}[${wrong}] is ${values[wrong]}, which by mean ${mean[k]} and deviation ${deviation[k]} is not finite${float32Note(values[wrong]!)}. Is it in the units that the model was trained on?`,
  )
}

/** A normalised value of variable k in the units of the series. */
export const denormalised = (value: number, k: number, { mean, deviation }: Scale): number => mean[k]! + deviation[k]! * value

/** Most variables of a series. */
export const maxVariables = 4096

/** A checked copy. @throws SluiceError `bad-value`, `bad-shape` for two lists of different lengths. */
export function checkScale(scale: Scale): Scale {
  const { mean, deviation } = checkOptions('scale', scale, '{ mean: [0], deviation: [1] }, such as the scale of a Series', { mean: true, deviation: true })
  const range = { min: 1, max: maxVariables }
  const checked = {
    mean: checkList('scale.mean', mean, 'with the mean of each variable', range),
    deviation: checkList('scale.deviation', deviation, 'with the standard deviation of each variable', range),
  }
  if (checked.mean.length !== checked.deviation.length)
    throw new SluiceError(
      'bad-shape',
      `scale has ${checked.mean.length} means and ${checked.deviation.length} deviations, expected one of each for every variable`,
    )
  // In float64, so not by what is finite or above 0 in float32.
  const check = (of: string, list: readonly unknown[], expected: string, fits: (value: number) => boolean) =>
    list.forEach((value, k) => {
      if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return
      throw new SluiceError('bad-value', `scale.${of}[${k}] is ${show(value)}, expected ${expected}`)
    })
  check('mean', checked.mean, 'a finite number', () => true)
  check('deviation', checked.deviation, 'a finite number above 0', (value) => value > 0)
  return checked
}
