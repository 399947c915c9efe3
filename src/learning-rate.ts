// Learning-rate schedules: pure functions from the step, counted from 0, to the learning rate of its update.
import { checkCount, checkList, checkNumber, checkOptions, type Known } from './errors'

/** A learning rate: the same at every step, or a function of the step (0 for the first update). */
export type Rate = number | ((step: number) => number)

/** The rate of one step.
 * @throws SluiceError `bad-value` if the schedule returns anything but a number of at least 0 that is finite in float32. */
export function rateAt(rate: Rate, step: number): number {
  return typeof rate === 'function' ? checkNumber(`the rate at step ${step}`, rate(step), { min: 0 }) : rate
}

/** The same rate at every step. */
export function constant(rate: number): (step: number) => number {
  checkNumber('rate', rate, { min: 0 })
  return () => rate
}

/** A schedule that checks its argument. */
const schedule = (at: (step: number) => number) => (step: number) => at(checkNumber('step', step, { min: 0 }))

/** Rises in a straight line over the first `steps` steps, rate(step) · (step + 1) / steps, and is `rate` from then on.
 * The rate of the first step is above 0, so no step is wasted. `steps: 0`: no warm-up. */
export function warmup(steps: number, rate: Rate): (step: number) => number {
  checkCount('steps', steps, { min: 0 })
  checkRate(rate)
  return schedule((step) => rateAt(rate, step) * (step < steps ? (step + 1) / steps : 1))
}

/** The options of `cosine`. */
export interface CosineOptions {
  /** The greatest rate. */
  readonly rate: number
  /** Step that reaches the floor, including the warm-up. Later steps stay at the floor. */
  readonly steps: number
  /** Steps of linear warm-up at the start, default 0; fewer than `steps`. */
  readonly warmup?: number
  /** The last rate, default 0; at most `rate`. */
  readonly floor?: number
}

const cosineNames = { rate: true, steps: true, warmup: true, floor: true } satisfies Known<CosineOptions>

/** Half a cosine from `rate` down to `floor`, without restarts.
 * Ilya Loshchilov and Frank Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5. */
export function cosine(options: CosineOptions): (step: number) => number {
  const { rate, steps, warmup: rise = 0, floor = 0 } = checkOptions('cosine', options, '{ rate: 2e-3, steps: 1000 }', cosineNames)
  checkNumber('rate', rate, { min: 0 })
  checkCount('steps', steps)
  checkCount('warmup', rise, { min: 0, max: steps - 1 })
  checkNumber('floor', floor, { min: 0, max: rate })
  return warmup(rise, (step) => {
    const progress = Math.min(1, Math.max(0, step - rise) / (steps - rise))
    return floor + ((rate - floor) * (1 + Math.cos(Math.PI * progress))) / 2
  })
}

/** The options of `exponential`. */
export interface ExponentialOptions {
  /** The rate at step 0. */
  readonly rate: number
  /** Factor over `every` steps, in (0, 1]. */
  readonly decay: number
  /** Steps for one factor of `decay`. Default 1. */
  readonly every?: number
}

const exponentialNames = { rate: true, decay: true, every: true } satisfies Known<ExponentialOptions>

/** rate · decay^(step / every), smoothly. For a staircase see `stepwise`. */
export function exponential(options: ExponentialOptions): (step: number) => number {
  const { rate, decay, every = 1 } = checkOptions('exponential', options, '{ rate: 2e-3, decay: 0.9, every: 1000 }', exponentialNames)
  checkNumber('rate', rate, { min: 0 })
  checkNumber('decay', decay, { above: 0, max: 1 })
  checkCount('every', every)
  return schedule((step) => rate * decay ** (step / every))
}

/** The options of `stepwise`. */
export interface StepwiseOptions {
  /** The rate before the first of `at`. */
  readonly rate: number
  /** Factor at each step of `at`, in (0, 1]. */
  readonly decay: number
  /** Steps at which the rate drops, in increasing order. */
  readonly at: readonly number[]
}

const stepwiseNames = { rate: true, decay: true, at: true } satisfies Known<StepwiseOptions>

/** rate · decay^k, k the number of milestones in `at` that are ≤ step: a staircase. */
export function stepwise(options: StepwiseOptions): (step: number) => number {
  const { rate, decay, at } = checkOptions('stepwise', options, '{ rate: 2e-3, decay: 0.5, at: [1000, 2000] }', stepwiseNames)
  checkNumber('rate', rate, { min: 0 })
  checkNumber('decay', decay, { above: 0, max: 1 })
  const milestones = checkList('at', at, 'of steps, such as [1000, 2000]', { min: 0, max: 1e6 })
  milestones.forEach((step, k) => checkCount(`at[${k}]`, step, { min: k === 0 ? 0 : milestones[k - 1]! + 1 }))
  return schedule((step) => rate * decay ** milestones.filter((milestone) => milestone <= step).length)
}

/** Checks a rate that is a number. A function is checked at each step, by `rateAt`.
 * @throws SluiceError `bad-value` for anything but a function or a finite number of at least 0. */
export function checkRate(rate: Rate, name = 'rate'): Rate {
  return typeof rate === 'function' ? rate : checkNumber(name, rate, { min: 0 })
}
