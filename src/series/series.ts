// A series prepared for training: the part to train on, the part that is held out, and the scale of the first.
import { isDetached } from '../bytes'
import { checkCount, checkNumber, checkOptions, float32, readSafely, show, SluiceError, typedArrayName, type Known } from '../errors'
import { checkInstance, guardMethods } from '../proxy-guard'
import { maxVariables, scaleOf, type Scale } from './scale'

/** The values of a series in time order, [N, K]: all variables of the first row, then of the second. */
export type SeriesValues = Float32Array | Float64Array | readonly number[]

/** How values become a series. */
export interface SeriesOptions {
  /** K, variables of a row. Default 1. */
  readonly variables?: number
  /** Fraction of the rows held out for evaluation, in [0, 0.9]. Default 0.1. The count is rounded down. */
  readonly heldOut?: number
}

const names = { variables: true, heldOut: true } satisfies Known<SeriesOptions>

/** A series prepared for training: the rows to train on, the held-out rows, and the scale. */
export class Series {
  private constructor(
    /** K, variables of a row. */
    readonly variables: number,
    /** Values to train on, [N, K]: the rows before the held-out end. */
    readonly training: Float64Array,
    /** Held-out values, [N, K]: the END of the series, in one piece. May be empty. */
    readonly heldOut: Float64Array,
    /** Mean and standard deviation of each variable of the training part. The held-out part has no say in it. */
    readonly scale: Scale,
  ) {
    guardMethods(this, Series)
  }

  get [Symbol.toStringTag](): string {
    return 'Series'
  }

  /** A series from its values [N, K] in time order, copied.
   * @throws SluiceError `bad-value` for anything but finite numbers, or an option out of range; `bad-shape` for values that do not make up
   * rows, or fewer than two rows to train on. */
  static fromValues(values: SeriesValues, options: SeriesOptions = {}): Series {
    const { variables = 1, heldOut = 0.1 } = checkOptions('options', options, '{ variables: 1, heldOut: 0.1 }', names)
    checkCount('variables', variables, { max: maxVariables })
    checkNumber('heldOut', heldOut, { min: 0, max: 0.9 })
    const all = checkValues('values', values, variables)
    const rows = all.length / variables
    const split = rows - Math.floor(rows * heldOut)
    if (split < 2)
      throw new SluiceError(
        'bad-shape',
        `the series has ${split} ${split === 1 ? 'row' : 'rows'} to train on, expected at least 2. Hold out less, or use a longer series`,
      )
    const training = all.slice(0, split * variables)
    return new Series(variables, training, all.slice(split * variables), scaleOf(training, variables))
  }
}

/** A copy of values [N, K].
 * @throws SluiceError `bad-value` for anything but finite numbers, `bad-shape` for values that do not make up rows. */
export function checkValues(name: string, values: SeriesValues, variables: number): Float64Array<ArrayBuffer> {
  return readSafely(name, values, () => {
    if (typedArrayName(values) === undefined && !Array.isArray(values))
      throw new SluiceError('bad-value', `${name} is ${show(values)}, expected numbers [N, K] in time order: a Float64Array, a Float32Array or a list`)
    if (ArrayBuffer.isView(values) && isDetached(values))
      throw new SluiceError(
        'bad-value',
        `${name} is detached: its memory was transferred, to a worker for instance, and is empty here. Transfer a copy instead`,
      )
    for (let i = 0; i < values.length; i++) {
      const value: unknown = values[i]
      // As large as float32 has them: so no sum of squares overflows in float64.
      if (typeof value === 'number' && Math.abs(value) <= float32.max) continue
      const place = variables === 1 ? '' : ` (row ${Math.floor(i / variables)}, variable ${i % variables})`
      throw new SluiceError(
        'bad-value',
        `${name}[${i}]${place} is ${show(value)}, expected a finite number of at most 3.4e38. Fill in missing values, for instance by those before them`,
      )
    }
    if (values.length % variables !== 0)
      throw new SluiceError('bad-shape', `${name} has ${values.length} numbers, expected a multiple of ${variables}, the variables of a row`)
    return Float64Array.from(values)
  })
}

/** @throws SluiceError `bad-value` for anything but a series. */
export function checkSeries(series: unknown): asserts series is Series {
  checkInstance('series', series, Series, 'a Series such as Series.fromValues(values)')
}
