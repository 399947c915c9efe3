// The forecast of the rows after a window: the values, and of a model with distributions sampled paths and their quantiles.
import type { StrategyOption } from '../gpu/strategy'
import type { Network } from '../network'
import { Random } from '../random'
import { meansOf } from './evaluation'
import { quantileOf, sampleOf } from './gaussian'
import { Rollout } from './rollout'
import { outputsOf } from './saved'
import { denormalised, type Scale } from './scale'

/** A forecast, in the units of each variable. */
export interface Forecast {
  /** The values, or the means, each fed back to tell the next: [h, K]. */
  readonly values: Float64Array<ArrayBuffer>
  /** Sampled paths, each value of which is fed back on its path: [S, h, K]. Only of a model with the loss 'gaussian'. */
  readonly paths?: Float64Array<ArrayBuffer>
  /** For each of the wanted fractions the quantile of the paths: [h, K]. Only with paths. */
  readonly quantiles?: readonly Float64Array<ArrayBuffer>[]
}

export interface Forecasting {
  readonly network: Network
  readonly scale: Scale
  readonly window: number
  readonly horizon: number
  readonly strategy?: StrategyOption | undefined
}

export interface Sampling {
  readonly samples: number
  readonly quantiles: readonly number[]
  readonly seed: number
}

/** Random stream of path s is this one + s: so more samples only add paths, and a longer horizon only lengthens them. */
const pathStream = 0x5e71e500

/** @param window normalised, [T, 1, K] */
export async function forecastFrom(window: Float32Array, { scale, ...options }: Forecasting, sampling: Sampling | null): Promise<Forecast> {
  const { network, horizon } = options
  const K = scale.mean.length
  const V = outputsOf(sampling ? 'gaussian' : 'values', K)
  const copies = 1 + (sampling?.samples ?? 0)
  // Row 0 goes on with the means, each other one with its samples.
  const random = Array.from({ length: copies - 1 }, (_, s) => new Random(sampling!.seed, pathStream + s))
  const rollout = await Rollout.open(network, { ...options, variables: K, batch: 1, copies })
  try {
    const steps = await rollout.run(window, (logits) => {
      const next = meansOf(logits, K, V)
      for (let row = 1; row < copies; row++)
        for (let k = 0; k < K; k++) next[row * K + k] = sampleOf(logits[row * V + k]!, logits[row * V + K + k]!, random[row - 1]!)
      return next
    })
    const pathOf = (row: number) => steps.flatMap((next) => Array.from({ length: K }, (_, k) => denormalised(next[row * K + k]!, k, scale)))
    const values = Float64Array.from(pathOf(0))
    if (!sampling) return { values }
    const paths = new Float64Array((copies - 1) * horizon * K)
    for (let s = 0; s < sampling.samples; s++) paths.set(pathOf(s + 1), s * horizon * K)
    return { values, paths, quantiles: quantilesOf(paths, sampling, horizon * K) }
  } finally {
    rollout.destroy()
  }
}

/** @param width h · K, the values of a path */
function quantilesOf(paths: Float64Array, { samples, quantiles }: Sampling, width: number): Float64Array<ArrayBuffer>[] {
  const found = quantiles.map(() => new Float64Array(width))
  for (let i = 0; i < width; i++) {
    const sorted = Float64Array.from({ length: samples }, (_, s) => paths[s * width + i]!).sort()
    quantiles.forEach((p, q) => (found[q]![i] = quantileOf(sorted, p)))
  }
  return found
}
