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

/** Whether row `row` of [T, B] lies within its sequence. */
const inside = (row: number, lengths?: ArrayLike<number>) => !lengths || Math.floor(row / lengths.length) < lengths[row % lengths.length]!

/** Softmax cross-entropy, loss = Σ w (log Σ exp(o) − o[target]) / Σ w with w the weight of the target's class, as
 * torch.nn.CrossEntropyLoss has it. Logits [rows, V], targets [rows]. A target outside 0 … V − 1 does not count:
 * 0xffffffff, or −1. */
export function crossEntropy(logits: Float64Array, targets: ArrayLike<number>, { classes: V, lengths, weights }: LossOptions): Loss {
  if (logits.length !== targets.length * V)
    throw new RangeError(`there are ${logits.length} logits, expected ${targets.length * V}: ${targets.length} targets × ${V} classes`)
  const counts = Array.from(targets, (target, row) => inside(row, lengths) && target >= 0 && target < V)
  const weightOf = (row: number) => (counts[row] ? (weights?.[targets[row]!] ?? 1) : 0)
  const total = counts.reduce((sum, _, row) => sum + weightOf(row), 0)
  const losses = new Float64Array(targets.length)
  const gradient = new Float64Array(logits.length)
  let sum = 0
  for (let row = 0; row < targets.length; row++) {
    if (!counts[row]) continue
    const o = logits.subarray(row * V, (row + 1) * V)
    const largest = o.reduce((a, b) => Math.max(a, b), -Infinity)
    const exps = o.map((v) => Math.exp(v - largest)) // the largest is 1: nothing overflows
    const normaliser = exps.reduce((a, b) => a + b, 0)
    sum += losses[row] = weightOf(row) * (Math.log(normaliser) + largest - o[targets[row]!]!)
    for (let j = 0; j < V; j++) gradient[row * V + j] = (weightOf(row) * (exps[j]! / normaliser - (j === targets[row] ? 1 : 0))) / total
  }
  const loss = total > 0 ? sum / total : 0
  return { loss, perplexity: Math.exp(loss), counted: counts.filter(Boolean).length, losses, gradient }
}

/** Squared error, loss = Σ (o − y)² / (counted rows · N). Outputs and targets [rows, N]; a row whose target has NaN in it
 * does not count. */
export function squaredError(outputs: Float64Array, targets: ArrayLike<number>, { numbers: N, lengths }: Ends & { readonly numbers: number }): Loss {
  if (outputs.length !== targets.length) throw new RangeError(`there are ${targets.length} targets, expected ${outputs.length}`)
  const rows = outputs.length / N
  const counts = Array.from(
    { length: rows },
    (_, row) => inside(row, lengths) && !Array.from({ length: N }, (_, j) => targets[row * N + j]!).some(Number.isNaN),
  )
  const counted = counts.filter(Boolean).length
  const losses = new Float64Array(rows)
  const gradient = new Float64Array(outputs.length)
  for (let i = 0; i < outputs.length; i++) {
    const row = Math.floor(i / N)
    if (!counts[row]) continue
    const difference = outputs[i]! - targets[i]!
    losses[row]! += difference ** 2
    gradient[i] = (2 * difference) / (counted * N)
  }
  const loss = counted > 0 ? losses.reduce((a, b) => a + b, 0) / (counted * N) : 0
  return { loss, perplexity: Math.exp(loss), counted, losses, gradient }
}
