// The losses with their gradients, and perplexity.
import type { NumbersHead } from '../spec'

export interface Loss {
  /** Mean over the targets that count, by their weights: cross-entropy in nats, or squared error. 0 where none counts. */
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
  /** Steps that are read, [T, B]: rows where it is 0 do not count. Default all. */
  readonly mask?: ArrayLike<number>
  /** Weight of each row, at least 0; default 1 for all. A row of weight 0 does not count. */
  readonly rowWeights?: ArrayLike<number>
}

export interface LossOptions extends Ends {
  /** V. */
  readonly classes: number
  /** Weight of each class, [V]; default 1 for all. */
  readonly weights?: ArrayLike<number>
}

/** The weight of row `row` of [T, B]; 0 for one that its sequence does not have. */
const weightOfRow = (row: number, { lengths, mask, rowWeights }: Ends): number =>
  (lengths && Math.floor(row / lengths.length) >= lengths[row % lengths.length]!) || mask?.[row] === 0 ? 0 : (rowWeights?.[row] ?? 1)

/** Softmax cross-entropy, loss = Σ w (log Σ exp(o) − o[target]) / Σ w with w the weight of the target's class, as
 * torch.nn.CrossEntropyLoss has it, times that of its row. Logits [rows, V], targets [rows]. A target outside 0 … V − 1 does not count:
 * 0xffffffff, or −1. */
export function crossEntropy(logits: Float64Array, targets: ArrayLike<number>, { classes: V, weights, ...ends }: LossOptions): Loss {
  if (logits.length !== targets.length * V)
    throw new RangeError(`there are ${logits.length} logits, expected ${targets.length * V}: ${targets.length} targets × ${V} classes`)
  const counts = Array.from(targets, (target, row) => weightOfRow(row, ends) > 0 && target >= 0 && target < V)
  const weightOf = (row: number) => (counts[row] ? weightOfRow(row, ends) * (weights?.[targets[row]!] ?? 1) : 0)
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

/** The mean of a loss of each number over the counted rows · N, by the weights of the rows. Outputs and targets [rows, N]; a row whose target has NaN in it does not
 * count. */
function meanOf(each: Elementwise, outputs: Float64Array, targets: ArrayLike<number>, { numbers: N, ...ends }: NumbersOptions): Loss {
  if (outputs.length !== targets.length) throw new RangeError(`there are ${targets.length} targets, expected ${outputs.length}`)
  const rows = outputs.length / N
  const weights = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: N }, (_, j) => targets[row * N + j]!).some(Number.isNaN) ? 0 : weightOfRow(row, ends),
  )
  const total = weights.reduce((a, b) => a + b, 0) * N
  const losses = new Float64Array(rows)
  const gradient = new Float64Array(outputs.length)
  for (let i = 0; i < outputs.length; i++) {
    const row = Math.floor(i / N)
    const weight = weights[row]!
    if (weight === 0) continue
    const [loss, derivative] = each(outputs[i]!, targets[i]!)
    losses[row]! += weight * loss
    gradient[i] = (weight * derivative) / total
  }
  const loss = total > 0 ? losses.reduce((a, b) => a + b, 0) / total : 0
  return { loss, perplexity: Math.exp(loss), counted: weights.filter((weight) => weight > 0).length, losses, gradient }
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
