// The losses with their gradients, and perplexity.

export interface Loss {
  /** Mean over the targets that count: cross-entropy in nats, or squared error. 0 where none counts. */
  readonly loss: number
  /** exp(loss): the perplexity, of a cross-entropy. */
  readonly perplexity: number
  /** How many targets count. */
  readonly counted: number
  /** Loss of each row; 0 where it does not count. */
  readonly losses: Float64Array
  /** dL/d(logits), in the logits' shape. */
  readonly gradient: Float64Array
}

interface Ends {
  /** Steps of each sequence, [B]: rows past its end do not count. Default all. */
  readonly lengths?: ArrayLike<number>
}

export interface LossOptions extends Ends {
  /** V. */
  readonly classes: number
  /** Weight of each class, [V]; default 1 for all. */
  readonly weights?: ArrayLike<number>
}

/** Whether row `at` of [T, B] lies within its sequence. */
const inside = (at: number, lengths?: ArrayLike<number>) => !lengths || Math.floor(at / lengths.length) < lengths[at % lengths.length]!

/** Softmax cross-entropy, loss = Σ w (log Σ exp(o) − o[target]) / Σ w with w the weight of the target's class, as
 * torch.nn.CrossEntropyLoss has it. Logits [rows, V], targets [rows]. A target outside 0 … V − 1 does not count:
 * 0xffffffff, or −1. */
export function crossEntropy(logits: Float64Array, targets: ArrayLike<number>, { classes: V, lengths, weights }: LossOptions): Loss {
  if (logits.length !== targets.length * V)
    throw new RangeError(`there are ${logits.length} logits, expected ${targets.length * V}: ${targets.length} targets × ${V} classes`)
  const counts = Array.from(targets, (target, at) => inside(at, lengths) && target >= 0 && target < V)
  const weightOf = (at: number) => (counts[at] ? (weights?.[targets[at]!] ?? 1) : 0)
  const total = counts.reduce((sum, _, at) => sum + weightOf(at), 0)
  const losses = new Float64Array(targets.length)
  const gradient = new Float64Array(logits.length)
  let sum = 0
  for (let at = 0; at < targets.length; at++) {
    if (!counts[at]) continue
    const o = logits.subarray(at * V, (at + 1) * V)
    const largest = o.reduce((a, b) => Math.max(a, b), -Infinity)
    const exps = o.map((v) => Math.exp(v - largest)) // the largest is 1: nothing overflows
    const normaliser = exps.reduce((a, b) => a + b, 0)
    sum += losses[at] = weightOf(at) * (Math.log(normaliser) + largest - o[targets[at]!]!)
    for (let j = 0; j < V; j++) gradient[at * V + j] = (weightOf(at) * (exps[j]! / normaliser - (j === targets[at] ? 1 : 0))) / total
  }
  const loss = total > 0 ? sum / total : 0
  return { loss, perplexity: Math.exp(loss), counted: counts.filter(Boolean).length, losses, gradient }
}

/** Squared error, loss = Σ (o − y)² / (counted rows · N). Outputs and targets [rows, N]; a row whose target has NaN in it
 * does not count. */
export function squaredError(outputs: Float64Array, targets: ArrayLike<number>, { numbers: N, lengths }: Ends & { readonly numbers: number }): Loss {
  if (outputs.length !== targets.length) throw new RangeError(`there are ${targets.length} targets, expected ${outputs.length}`)
  const rows = outputs.length / N
  const counts = Array.from({ length: rows }, (_, at) => inside(at, lengths) && !Array.from({ length: N }, (_, j) => targets[at * N + j]!).some(Number.isNaN))
  const counted = counts.filter(Boolean).length
  const losses = new Float64Array(rows)
  const gradient = new Float64Array(outputs.length)
  for (let i = 0; i < outputs.length; i++) {
    const at = Math.floor(i / N)
    if (!counts[at]) continue
    const difference = outputs[i]! - targets[i]!
    losses[at]! += difference ** 2
    gradient[i] = (2 * difference) / (counted * N)
  }
  const loss = counted > 0 ? losses.reduce((a, b) => a + b, 0) / (counted * N) : 0
  return { loss, perplexity: Math.exp(loss), counted, losses, gradient }
}
