// Two heads on one stack of layers: at every step the next id, and at the end of each row which of two rules wrote it. The network has one wide
// head; each head of the example owns some of its columns, and the sum of their losses goes back as the gradient of the logits.
import { adam, ignored, Network, Predictor, Trainer, type Gpu } from 'sluice'

const [steps, batch, rounds] = [12, 16, 60]
const ids = 6
const rules = [1, 2] as const // what is added to an id to get the next one

/** Columns `first` to `first + classes − 1` of the logits, and how much their loss counts. */
interface ClassHead {
  readonly first: number
  readonly classes: number
  readonly weight: number
}

/** The heads, and the width of all of them together. */
export const heads = { next: { first: 0, classes: ids, weight: 1 }, rule: { first: ids, classes: rules.length, weight: 0.5 } } satisfies Record<
  string,
  ClassHead
>
export const width = heads.next.classes + heads.rule.classes

/** The mean cross-entropy of one head over the targets that count, times its weight. Its gradient goes into the columns of the head.
 * @param logits [rows, width] @param targets an id below `classes` for each row, or `ignored` @param gradient [rows, width] */
export function crossEntropy(logits: Float32Array, targets: Uint32Array, { first, classes, weight }: ClassHead, gradient: Float32Array): number {
  const counted = targets.reduce((n, target) => n + Number(target !== ignored), 0)
  let loss = 0
  targets.forEach((target, row) => {
    if (target === ignored) return
    const begin = row * width + first
    const own = logits.subarray(begin, begin + classes)
    const most = Math.max(...own)
    const exps = Array.from(own, (logit) => Math.exp(logit - most))
    const sum = exps.reduce((a, b) => a + b, 0)
    loss -= Math.log(exps[target]! / sum)
    exps.forEach((exp, v) => (gradient[begin + v] = (weight / counted) * (exp / sum - Number(v === target))))
  })
  return (weight * loss) / counted
}

/** Rows of different lengths, time-major: ids, and the targets of both heads for each row of the logits [T, B]. */
function batchOf(round: number) {
  const rows = Array.from({ length: batch }, (_, b) => ({ rule: (b + round) % 2, length: steps - ((b * 5 + round) % 5), start: (b * 7 + round * 3) % ids }))
  const each = (value: (row: (typeof rows)[number], t: number) => number) =>
    Uint32Array.from({ length: steps * batch }, (_, i) => value(rows[i % batch]!, Math.floor(i / batch)))
  const at = ({ start, rule }: (typeof rows)[number], t: number) => (start + rules[rule]! * t) % ids
  return {
    ids: each(at),
    lengths: Uint32Array.from(rows, ({ length }) => length),
    next: each((row, t) => (t < row.length ? at(row, t + 1) : ignored)),
    // A head at the last step is one whose other targets do not count.
    rule: each((row, t) => (t === row.length - 1 ? row.rule : ignored)),
  }
}

/** The share of targets that count at which the logit of the target is the largest of its head. */
function accuracy(logits: Float32Array, targets: Uint32Array, { first, classes }: ClassHead): number {
  const right = Array.from(targets).flatMap((target, row) => {
    if (target === ignored) return []
    const own = logits.subarray(row * width + first, row * width + first + classes)
    return [Number(own.indexOf(Math.max(...own)) === target)]
  })
  return right.reduce((a, b) => a + b, 0) / right.length
}

/** Trains both heads at once; returns the loss of each round, and how often each head is right in the end. */
export async function trainTwoHeads(device?: Gpu): Promise<{ losses: number[]; next: number; rule: number }> {
  const network = await Network.create({
    input: { ids },
    layers: [{ cell: 'gru', hidden: 24 }],
    head: { classes: width },
    seed: 1,
    ...(device && { device }),
  })
  const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate: 2e-2 }), clipNorm: 1, passes: true })
  const losses: number[] = []
  for (let round = 0; round < rounds; round++) {
    const data = batchOf(round)
    const logits = await trainer.forward({ ids: data.ids, lengths: data.lengths })
    const logitGradients = new Float32Array(logits.length) // zero where nothing counts
    losses.push(crossEntropy(logits, data.next, heads.next, logitGradients) + crossEntropy(logits, data.rule, heads.rule, logitGradients))
    void trainer.backward({ logitGradients })
    await trainer.apply()
  }

  const predictor = await Predictor.create(network, { steps, batch })
  const unseen = batchOf(rounds + 1)
  const logits = await predictor.predict({ ids: unseen.ids, lengths: unseen.lengths })
  const result = { losses, next: accuracy(logits, unseen.next, heads.next), rule: accuracy(logits, unseen.rule, heads.rule) }
  for (const one of [predictor, trainer, network]) one.destroy()
  return result
}
