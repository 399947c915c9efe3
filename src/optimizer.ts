// Optimizers as plain data. The kernels in shaders/optimizer have their formulas, which are those of PyTorch.
import { checkNumber, checkOptions, show, SluiceError, type Known } from './errors'
import { checkRate, type Rate } from './learning-rate'

/** An optimizer, as `adam` and the others return it. */
export interface Optimizer {
  readonly kind: 'sgd' | 'momentum' | 'rmsprop' | 'adam'
  /** Learning rate: a number, or a function of the step (src/learning-rate.ts). */
  readonly rate: Rate
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Decoupled weight decay. */
  readonly decay: number
}

const kinds: readonly unknown[] = ['sgd', 'momentum', 'rmsprop', 'adam'] satisfies Optimizer['kind'][]

/** A checked copy of the optimizer.
 * @throws SluiceError `bad-value` for anything else, such as a name, or `adam` without the call. */
export function checkOptimizer(value: Optimizer): Optimizer {
  const expected = 'the result of adam({ rate: 2e-3 }), adamW, rmsprop, momentum or sgd'
  const refuse = (cause?: unknown) => new SluiceError('bad-value', `optimizer is ${show(value)}, expected ${expected}`, { cause })
  if (typeof value !== 'object' || value === null) throw refuse()
  let plain: Optimizer
  try {
    const { kind, rate, beta1, beta2, epsilon, decay } = value
    plain = { kind, rate, beta1, beta2, epsilon, decay }
  } catch (cause) {
    throw refuse(cause) // a Proxy that throws
  }
  const { kind, rate, beta1, beta2, epsilon, decay } = plain
  if (!kinds.includes(kind) || ![beta1, beta2, epsilon, decay].every(Number.isFinite) || (typeof rate !== 'number' && typeof rate !== 'function'))
    throw refuse()
  // The caller may have written it by hand.
  checkRate(rate)
  fraction('beta1', beta1)
  fraction('beta2', beta2)
  checkNumber('epsilon', epsilon, kind === 'adam' || kind === 'rmsprop' ? { above: 0 } : { min: 0 })
  checkNumber('decay', decay, { min: 0 })
  return plain
}

const none = { beta1: 0, beta2: 0, epsilon: 0, decay: 0 }
const fraction = (name: string, value: number) => {
  checkNumber(name, value, { min: 0, max: 1 })
  if (Math.fround(value) === 1)
    throw new SluiceError(
      'bad-value',
      `${name} is ${value}, expected less than 1${value < 1 ? ' (float32 rounds it to 1)' : ''}: new gradients would have no effect`,
    )
  return value
}

/** Stochastic gradient descent: p −= rate · g. */
export function sgd(options: { rate: Rate }): Optimizer {
  const { rate } = checkOptions('sgd', options, '{ rate: 0.1 }', { rate: true })
  return { ...none, kind: 'sgd', rate: checkRate(rate) }
}

/** Gradient descent with momentum: v = momentum · v + g, p −= rate · v (torch.optim.SGD). */
export function momentum(options: { rate: Rate; momentum?: number }): Optimizer {
  const { rate, momentum = 0.9 } = checkOptions('momentum', options, '{ rate: 0.1 }', { rate: true, momentum: true })
  return { ...none, kind: 'momentum', rate: checkRate(rate), beta1: fraction('momentum', momentum) }
}

/** RMSProp: s = smoothing · s + (1 − smoothing) · g², p −= rate · g / (√s + epsilon) (torch.optim.RMSprop). */
export function rmsprop(options: { rate?: Rate; smoothing?: number; epsilon?: number } = {}): Optimizer {
  const { rate = 1e-2, smoothing = 0.99, epsilon = 1e-8 } = checkOptions('rmsprop', options, '{ rate: 1e-2 }', { rate: true, smoothing: true, epsilon: true })
  return { ...none, kind: 'rmsprop', rate: checkRate(rate), beta2: fraction('smoothing', smoothing), epsilon: checkNumber('epsilon', epsilon, { above: 0 }) }
}

/** The options of `adam`. */
export interface AdamOptions {
  readonly rate?: Rate
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
}
const adamNames = { rate: true, beta1: true, beta2: true, epsilon: true } satisfies Known<AdamOptions>

/** Adam with bias correction, Kingma and Ba 2015 (torch.optim.Adam). */
export const adam = (options: AdamOptions = {}): Optimizer => adamW({ ...checkOptions('adam', options, '{ rate: 2e-3 }', adamNames), decay: 0 })

/** Adam with decoupled weight decay, Loshchilov and Hutter 2019 (torch.optim.AdamW). */
export function adamW(options: AdamOptions & { decay?: number } = {}): Optimizer {
  const {
    rate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    decay = 1e-2,
  } = checkOptions('adamW', options, '{ rate: 2e-3 }', { ...adamNames, decay: true })
  return {
    kind: 'adam',
    rate: checkRate(rate),
    beta1: fraction('beta1', beta1),
    beta2: fraction('beta2', beta2),
    epsilon: checkNumber('epsilon', epsilon, { above: 0 }),
    decay: checkNumber('decay', decay, { min: 0 }),
  }
}
