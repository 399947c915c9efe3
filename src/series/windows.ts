// Windows over a series: T rows to read, and for each the row after it to tell. Time-major: step t of row b is at (t·B + b)·K.
import { SluiceError } from '../errors'
import type { Random } from '../random'
import type { TrainingBatch } from '../trainer'
import type { BatchSource } from '../training/batch-cursor'

export interface WindowShape {
  /** K, variables of a row. */
  readonly variables: number
  /** T, rows of a window. */
  readonly window: number
}

/** Windows that begin at these rows of values [N, K], and as many variables for each step: [T, B, K].
 * @param later rows from each step to what is taken: 0 for what is read, 1 for what is told */
export function gather(values: Float32Array, starts: readonly number[], { variables: K, window: T }: WindowShape, later = 0): Float32Array<ArrayBuffer> {
  const B = starts.length
  const gathered = new Float32Array(T * B * K)
  starts.forEach((start, b) => {
    for (let t = 0; t < T; t++) {
      const row = (start + t + later) * K
      gathered.set(values.subarray(row, row + K), (t * B + b) * K)
    }
  })
  return gathered
}

/** Epochs of windows in random order: one at every row that leaves a row to tell after each of the window. All are of the training part, so
 * that nothing held out is ever read. Every batch is `fresh`.
 * @param values normalised, [N, K] */
export function windowSource(values: Float32Array, { batch, ...shape }: WindowShape & { readonly batch: number }): BatchSource<TrainingBatch> {
  const rows = values.length / shape.variables
  const windows = Math.max(0, rows - shape.window)
  return {
    batchesPerEpoch: Math.floor(windows / batch),
    epoch: (random: Random) => {
      if (windows < batch)
        throw new SluiceError(
          'bad-shape',
          `the series has ${rows} rows to train on, but a batch of ${batch} windows of ${shape.window} rows needs ${shape.window + batch}. ` +
            `Use a longer series${windows > 0 ? `, lower batch to ${windows}` : ''}, or a model with a shorter window`,
        )
      const starts = random.shuffle(Array.from({ length: windows }, (_, start) => start))
      return (function* () {
        for (let k = 0; k < Math.floor(windows / batch); k++) {
          const own = starts.slice(k * batch, (k + 1) * batch)
          yield { features: gather(values, own, shape), targets: gather(values, own, shape, 1), fresh: true }
        }
      })()
    },
  }
}
