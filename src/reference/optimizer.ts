// Clipping and optimizers over gradients by name, each formula as PyTorch has it.

import { cells } from '../cells'
import { recurrentLayers, type NetworkSpec } from '../spec'

export interface Rule {
  readonly kind: 'sgd' | 'momentum' | 'rmsprop' | 'adam'
  /** Learning rate. */
  readonly rate: number
  /** Momentum: its factor. Adam: decay of the mean. */
  readonly beta1: number
  /** RMSProp: the smoothing constant (PyTorch's alpha). Adam: decay of the square. */
  readonly beta2: number
  readonly epsilon: number
  /** Decoupled weight decay; Adam is then AdamW. */
  readonly decay: number
}

type Values = ReadonlyMap<string, Float64Array>

/** How a parameter is trained, where it is not as all others. */
export interface Share {
  /** How often an element counts in the norm, and moves: 0 where it is frozen, 2 where it stands for two. Default 1. */
  readonly times?: (index: number) => number
  /** Share of the rate. Default 1. */
  readonly rate?: number
  /** Weight decay. Default: that of the rule. */
  readonly decay?: number
}
export type Shares = ReadonlyMap<string, Share>

const once = () => 1

/** The biases of layers that have two: the sum is stored, and stands for both. A gate whose second bias is stored has one beside it. */
export function sharesOf(spec: NetworkSpec): Map<string, Share> {
  return new Map(
    recurrentLayers(spec).flatMap(({ l, layer: { bias, cell, hidden } }) => {
      const { gates, recurrentBias } = cells[cell]
      const single = recurrentBias ? gates.length - 1 : -1
      const times = (index: number) => (Math.floor(index / hidden) % gates.length === single ? 1 : 2)
      return bias === 'two' ? [[`layers.${l}.b`, { times }] as const] : []
    }),
  )
}

/** √Σ g² over all parameters together. */
export function globalNorm(gradients: Values, shares?: Shares): number {
  let sum = 0
  for (const [name, g] of gradients) {
    const { times = once } = shares?.get(name) ?? {}
    g.forEach((v, i) => (sum += times(i) * v * v))
  }
  return Math.sqrt(sum)
}

const mapValues = (gradients: Values, f: (v: number) => number) => new Map([...gradients].map(([name, g]) => [name, g.map(f)] as const))

/** g · min(1, max / (norm + 1e-6)), the exact formula of torch.nn.utils.clip_grad_norm_: the 1e-6 makes the norm after
 * clipping a millionth of it too small, and clips gradients whose norm is just below `max`. */
export function clipNorm(gradients: Values, max: number, shares?: Shares): { gradients: Map<string, Float64Array>; norm: number; scale: number } {
  const norm = globalNorm(gradients, shares)
  const scale = Math.min(1, max / (norm + 1e-6))
  return { gradients: mapValues(gradients, (v) => v * scale), norm, scale }
}

/** Every element cut to −limit … limit. */
export function clipValue(gradients: Values, limit: number): Map<string, Float64Array> {
  return mapValues(gradients, (v) => Math.min(limit, Math.max(-limit, v)))
}

export class Optimizer {
  readonly rule: Rule
  /** Updates so far. */
  steps = 0
  /** Momentum's velocity, Adam's mean; by parameter. */
  readonly mean = new Map<string, Float64Array>()
  /** Adam's and RMSProp's mean square; by parameter. */
  readonly square = new Map<string, Float64Array>()

  constructor(rule: Partial<Rule> & Pick<Rule, 'kind' | 'rate'>) {
    this.rule = { beta1: 0.9, beta2: rule.kind === 'rmsprop' ? 0.99 : 0.999, epsilon: 1e-8, decay: 0, ...rule }
  }

  /** Changes the parameters in place. The rate may be another at every step. */
  update(parameters: Values, gradients: Values, rateOfAll = this.rule.rate, shares?: Shares): void {
    const { kind, beta1, beta2, epsilon } = this.rule
    this.steps++
    const correction1 = 1 - beta1 ** this.steps
    const correction2 = 1 - beta2 ** this.steps
    for (const [name, p] of parameters) {
      const g = gradients.get(name)!
      const { times = once, rate: share = 1, decay = this.rule.decay } = shares?.get(name) ?? {}
      const rate = rateOfAll * share
      const m = memory(this.mean, name, p.length)
      const s = memory(this.square, name, p.length)
      for (let k = 0; k < p.length; k++) {
        const gk = g[k]!
        const n = times(k)
        if (n === 0) continue
        if (kind === 'sgd') {
          // p −= rate · g
          p[k]! -= n * rate * gk
        } else if (kind === 'momentum') {
          // v = momentum · v + g;  p −= rate · v  (no dampening, not Nesterov's)
          m[k] = beta1 * m[k]! + gk
          p[k]! -= n * rate * m[k]!
        } else if (kind === 'rmsprop') {
          // s = smoothing · s + (1 − smoothing) · g²;  p −= rate · g / (√s + epsilon)
          s[k] = beta2 * s[k]! + (1 - beta2) * gk * gk
          p[k]! -= (n * rate * gk) / (Math.sqrt(s[k]!) + epsilon)
        } else {
          // m = β₁ m + (1 − β₁) g;  s = β₂ s + (1 − β₂) g²;  m̂ = m / (1 − β₁ᵏ);  ŝ = s / (1 − β₂ᵏ)
          // p −= rate · (decay · p + m̂ / (√ŝ + epsilon))
          m[k] = beta1 * m[k]! + (1 - beta1) * gk
          s[k] = beta2 * s[k]! + (1 - beta2) * gk * gk
          p[k]! -= rate * (decay * p[k]! + (n * m[k]!) / correction1 / (Math.sqrt(s[k]! / correction2) + epsilon))
        }
      }
    }
  }
}

function memory(of: Map<string, Float64Array>, name: string, length: number): Float64Array {
  if (!of.has(name)) of.set(name, new Float64Array(length))
  return of.get(name)!
}
