// A normal distribution of each variable: the head says its mean μ and its log-variance s. Its loss is the negative log-likelihood, by a gradient of
// the logits of its own (Trainer.forward, backward and apply).
//
// The variance is e^s + ε, never below ε: the likelihood of a variable that can be told exactly, such as a constant, has no upper bound else.
// The logits of a row are [μ_0 … μ_{K−1}, s_0 … s_{K−1}].
import { float32 } from '../errors'
import type { Random } from '../random'

/** ε, the least variance of a normalised value: a deviation of a thousandth of that of the series. */
const leastVariance = 1e-6
const logLeast = Math.log(leastVariance)
const logOfTwoPi = Math.log(2 * Math.PI)

/** log(e^s + ε), for any s. */
export const logVariance = (s: number): number => Math.max(s, logLeast) + Math.log1p(Math.exp(-Math.abs(s - logLeast)))

/** −log p(x) of a normal distribution. */
export const negativeLogLikelihood = (x: number, mean: number, s: number): number => {
  const v = logVariance(s)
  return (logOfTwoPi + v + (x - mean) ** 2 * Math.exp(-v)) / 2
}

const clamp = (value: number) => Math.max(-float32.max, Math.min(float32.max, value))

/** The mean loss over all targets, and its gradient by the logits.
 * @param logits [rows, 2K]
 * @param targets [rows, K] */
export function gaussianLoss(logits: Float32Array, targets: Float32Array, variables: number): { loss: number; gradient: Float32Array<ArrayBuffer> } {
  const K = variables
  const gradient = new Float32Array(logits.length)
  let sum = 0
  targets.forEach((target, n) => {
    const at = Math.floor(n / K) * 2 * K + (n % K)
    const [mean, s] = [logits[at]!, logits[at + K]!]
    const precision = Math.exp(-logVariance(s))
    const difference = mean - target
    sum += negativeLogLikelihood(target, mean, s)
    // A gradient that float32 has no number for is as large as it can be: its norm is infinite, so the trainer drops the step.
    gradient[at] = clamp((difference * precision) / targets.length)
    // The share of e^s in the variance is 1 / (1 + ε e^−s), which is finite for any s.
    gradient[at + K] = clamp((1 - difference ** 2 * precision) / (1 + Math.exp(logLeast - s)) / 2 / targets.length)
  })
  return { loss: sum / targets.length, gradient }
}

/** A sample of the distribution. */
export const sampleOf = (mean: number, s: number, random: Random): number => mean + Math.exp(logVariance(s) / 2) * random.normal()

/** The p-quantile of sorted numbers, between neighbours in a straight line (that of NumPy). */
export function quantileOf(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1)
  const below = Math.floor(place)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (place - below) * (high - low)
}
