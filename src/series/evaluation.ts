// Errors of forecasts from many origins, in the units of each variable.
import type { Network } from '../network'
import type { StrategyOption } from '../gpu/strategy'
import { negativeLogLikelihood } from './gaussian'
import { Rollout } from './rollout'
import { denormalised, type Scale } from './scale'
import { outputsOf, type Outputs } from './saved'
import { gather } from './windows'

/** How good forecasts are, by variable. */
export interface SeriesEvaluation {
  /** Mean absolute error over all steps of all forecasts, in the units of the variable, [K]. */
  readonly mae: readonly number[]
  /** Root mean square error, likewise, [K]. */
  readonly rmse: readonly number[]
  /** Mean negative log-likelihood of the first row of each forecast, in nats, for values in the units of the variable, [K]. Only of a model with the
   * loss 'gaussian'. */
  readonly nll?: readonly number[]
  /** Number of forecasts. */
  readonly forecasts: number
}

/** Windows that are read at a time. */
const mostRows = 64

export interface Evaluated {
  readonly network: Network
  readonly outputs: Outputs
  readonly scale: Scale
  readonly window: number
  readonly horizon: number
  /** Rows from one origin to the next. */
  readonly every: number
  readonly strategy?: StrategyOption | undefined
}

/** Forecasts from every origin that has a window before it and `horizon` rows after it; there is at least one.
 * @param values [N, K] @param normalised the same, as the network reads them */
export async function evaluateForecasts(values: Float64Array, normalised: Float32Array, options: Evaluated): Promise<SeriesEvaluation> {
  const { network, outputs, scale, window, horizon, every, strategy } = options
  const K = scale.mean.length
  const V = outputsOf(outputs, K)
  const starts = Array.from({ length: Math.floor((values.length / K - window - horizon) / every) + 1 }, (_, n) => n * every)
  const batch = Math.min(mostRows, starts.length)
  const [absolute, squares, likelihood] = [new Float64Array(K), new Float64Array(K), new Float64Array(K)]
  const rollout = await Rollout.open(network, { variables: K, window, batch, copies: 1, horizon, strategy })
  try {
    for (let from = 0; from < starts.length; from += batch) {
      const own = starts.slice(from, from + batch)
      // The last batch is filled up, with forecasts that do not count.
      const rows = Array.from({ length: batch }, (_, b) => own[b] ?? own[0]!)
      const truth = (b: number, step: number, k: number) => (own[b]! + window + step) * K + k
      const steps = await rollout.run(gather(normalised, rows, { variables: K, window }), (logits, step) => {
        if (step === 0 && outputs === 'gaussian')
          own.forEach((_, b) => {
            for (let k = 0; k < K; k++) likelihood[k]! += negativeLogLikelihood(normalised[truth(b, 0, k)]!, logits[b * V + k]!, logits[b * V + K + k]!)
          })
        return meansOf(logits, K, V)
      })
      steps.forEach((row, step) =>
        own.forEach((_, b) => {
          for (let k = 0; k < K; k++) {
            const error = denormalised(row[b * K + k]!, k, scale) - values[truth(b, step, k)]!
            absolute[k]! += Math.abs(error)
            squares[k]! += error ** 2
          }
        }),
      )
    }
  } finally {
    rollout.destroy()
  }
  const each = (sums: Float64Array, to: (sum: number, k: number) => number) => Array.from(sums, to)
  const counted = starts.length * horizon
  return {
    mae: each(absolute, (sum) => sum / counted),
    rmse: each(squares, (sum) => Math.sqrt(sum / counted)),
    // A density is per unit of the variable.
    ...(outputs === 'gaussian' && { nll: each(likelihood, (sum, k) => sum / starts.length + Math.log(scale.deviation[k]!)) }),
    forecasts: starts.length,
  }
}

/** Of outputs [rows, V] the first K of each row: values, or means. */
export function meansOf(logits: Float32Array, K: number, V: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: (logits.length / V) * K }, (_, n) => logits[Math.floor(n / K) * V + (n % K)]!)
}
