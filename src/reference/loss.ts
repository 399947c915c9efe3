// The losses with their gradients, and perplexity.
import type { NumbersHead } from '../spec'

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

interface NumbersOptions extends Ends {
  /** N. */
  readonly numbers: number
}

/** The loss of a number o with its target y, and its derivative by o. */
type Elementwise = (o: number, y: number) => readonly [loss: number, derivative: number]

/** The mean of a loss of each number over the counted rows · N. Outputs and targets [rows, N]; a row whose target has NaN in it does not
 * count. */
function meanOf(each: Elementwise, outputs: Float64Array, targets: ArrayLike<number>, { numbers: N, lengths }: NumbersOptions): Loss {
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
    const [loss, derivative] = each(outputs[i]!, targets[i]!)
    losses[row]! += loss
    gradient[i] = derivative / (counted * N)
  }
  const loss = counted > 0 ? losses.reduce((a, b) => a + b, 0) / (counted * N) : 0
  return { loss, perplexity: Math.exp(loss), counted, losses, gradient }
}

/** Squared error, loss = Σ (o − y)² / (counted rows · N). */
export const squaredError = (outputs: Float64Array, targets: ArrayLike<number>, options: NumbersOptions): Loss =>
  meanOf((o, y) => [(o - y) ** 2, 2 * (o - y)], outputs, targets, options)

/** torch.nn.HuberLoss. */
export const huber = (outputs: Float64Array, targets: ArrayLike<number>, { delta, ...options }: NumbersOptions & { readonly delta: number }): Loss =>
  meanOf(
    (o, y) => {
      const d = Math.abs(o - y)
      return d <= delta ? [d ** 2 / 2, o - y] : [delta * (d - delta / 2), delta * Math.sign(o - y)]
    },
    outputs,
    targets,
    options,
  )

/** torch.nn.BCEWithLogitsLoss: −y log σ(o) − (1 − y) log(1 − σ(o)). */
export const binaryCrossEntropy = (outputs: Float64Array, targets: ArrayLike<number>, options: NumbersOptions): Loss =>
  meanOf((o, y) => [Math.max(o, 0) - o * y + Math.log1p(Math.exp(-Math.abs(o))), 1 / (1 + Math.exp(-o)) - y], outputs, targets, options)

/** The loss of a head of numbers. */
export function numbersLoss({ numbers, loss, delta = 1 }: NumbersHead, outputs: Float64Array, targets: ArrayLike<number>, ends: Ends): Loss {
  if (loss === 'huber') return huber(outputs, targets, { numbers, delta, ...ends })
  return (loss === 'binary-cross-entropy' ? binaryCrossEntropy : squaredError)(outputs, targets, { numbers, ...ends })
}
