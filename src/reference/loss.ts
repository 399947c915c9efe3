// Softmax cross-entropy, its gradient, and perplexity.

export interface Loss {
  /** Mean over the counted targets, in nats: log Σ exp(o) − o[target]. 0 where none counts. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
  /** How many targets count. */
  readonly counted: number
  /** Loss of each place, [T, B]; 0 where the target does not count. */
  readonly losses: Float64Array
  /** dL/d(logits), [T, B, V]: (softmax(o) − onehot(target)) / counted. */
  readonly gradient: Float64Array
}

export interface LossOptions {
  /** V. */
  readonly classes: number
  /** Steps of each sequence, [B]: targets past its end do not count. Default all. */
  readonly lengths?: ArrayLike<number>
}

/** Logits [T, B, V], targets [T, B]. A target outside 0 … V − 1 does not count: 0xffffffff, or −1. */
export function crossEntropy(logits: Float64Array, targets: ArrayLike<number>, { classes: V, lengths }: LossOptions): Loss {
  if (logits.length !== targets.length * V)
    throw new RangeError(`there are ${logits.length} logits, expected ${targets.length * V}: ${targets.length} targets × ${V} classes`)
  const counts = Array.from(targets, (target, at) => {
    const inside = !lengths || Math.floor(at / lengths.length) < lengths[at % lengths.length]!
    return inside && target >= 0 && target < V
  })
  const counted = counts.filter(Boolean).length
  const losses = new Float64Array(targets.length)
  const gradient = new Float64Array(logits.length)
  let sum = 0
  for (let at = 0; at < targets.length; at++) {
    if (!counts[at]) continue
    const o = logits.subarray(at * V, (at + 1) * V)
    const largest = o.reduce((a, b) => Math.max(a, b), -Infinity)
    const exps = o.map((v) => Math.exp(v - largest)) // the largest is 1: nothing overflows
    const total = exps.reduce((a, b) => a + b, 0)
    sum += losses[at] = Math.log(total) + largest - o[targets[at]!]!
    for (let j = 0; j < V; j++) gradient[at * V + j] = (exps[j]! / total - (j === targets[at] ? 1 : 0)) / counted
  }
  const loss = sum / Math.max(1, counted)
  return { loss, perplexity: Math.exp(loss), counted, losses, gradient }
}
