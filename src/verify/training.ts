// What a training step does beside products and recurrences: losses, the norm of the gradient and the verdict, the update.
import { lossBound, normBound, numbers, productBound } from '../agreement/bounds'
import { runKernel } from '../agreement/kernel'
import { control, grouped, groupWords, shares, updateFindings } from '../agreement/update'
import { flatGrid } from '../gpu/plan'
import type { Gpu } from '../gpu/device'
import { pad4 } from '../gpu/tensor'
import { clipNorm, crossEntropy, globalNorm, numbersLoss } from '../reference'
import { ignored, type NumbersHead } from '../spec'
import { exactly, finding, single, type Check, type Finding } from './check'

/** Rows of logits that are far apart, very large, equal; every fifth target does not count. */
async function crossEntropyFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  for (const V of [1, 5, 33, 300]) {
    const [rows, width] = [19, pad4(V)]
    const logits = Array.from({ length: rows }, (_, n) => numbers(V, n + 1).map((v) => (n === 0 ? 0 : n === 1 ? 200 * v : 5 * v)))
    const targets = Uint32Array.from({ length: rows }, (_, n) => (n % 5 === 4 ? ignored : (7 * n) % V))
    const weights = numbers(V, 40).map((v) => 1.5 + v)
    const rowWeights = numbers(rows, 41).map((v) => 1 + v / 2)
    const expected = crossEntropy(Float64Array.from(logits.flatMap((row) => [...row])), targets, { classes: V, weights, rowWeights })
    const total = targets.reduce((sum, target, n) => sum + (target === ignored ? 0 : rowWeights[n]! * weights[target]!), 0)
    const memory = new Float32Array(rows * width)
    logits.forEach((row, n) => memory.set(row, n * width))
    const run = (gradient: boolean) =>
      runKernel(gpu, 'loss/cross_entropy', {
        size: { rows, V, stride4: width / 4 },
        grid: [rows, 1, 1],
        constants: { gradient },
        data: { control: control([1 / total]), targets, class_weights: weights, weights: rowWeights, logits: memory.slice(), losses: new Float32Array(rows) },
      })
    const made = await run(true)
    const gradient = new Float64Array(rows * width)
    for (let n = 0; n < rows; n++) gradient.set(expected.gradient.subarray(n * V, (n + 1) * V), n * width)
    // Relative to the largest element there may be: a weight is at most 2.5 · 1.5.
    const largest = 3.75 * memory.reduce((most, v) => Math.max(most, Math.abs(v)), 1)
    found.push(
      finding(`losses of ${V} classes`, made.losses, expected.losses, largest, lossBound(V)),
      finding(`gradient of ${V} classes`, made.logits, gradient, 3.75 / total, lossBound(V)),
      exactly(`logits of ${V} classes, evaluated`, (await run(false)).logits, memory),
    )
  }
  return found
}

const numbersLosses = {
  'loss/squared_error': (N: number): NumbersHead => ({ numbers: N }),
  'loss/huber': (N: number): NumbersHead => ({ numbers: N, loss: 'huber', delta: 0.5 }),
  'loss/binary_cross_entropy': (N: number): NumbersHead => ({ numbers: N, loss: 'binary-cross-entropy' }),
} as const

/** Rows of numbers, every fifth of which does not count. */
async function numbersFindings(gpu: Gpu, kernel: keyof typeof numbersLosses): Promise<Finding[]> {
  const found: Finding[] = []
  for (const N of [1, 6]) {
    const [rows, width] = [70, pad4(N)]
    const some = (seed: number) => numbers(rows * width, seed).map((v, i) => (i % width < N ? v : 0))
    const [outputs, targets] = [some(1), some(2)]
    const weights = numbers(rows, 3).map((v, n) => (n % 5 === 4 ? 0 : 1 + v / 2))
    // What does not count may be anything.
    targets.forEach((_, i) => weights[Math.floor(i / width)] || (targets[i] = NaN))
    const rowsOf = (values: Float32Array) => Float64Array.from(values.filter((_, i) => i % width < N))
    const head = numbersLosses[kernel](N)
    if (head.loss === 'binary-cross-entropy') targets.forEach((v, i) => (targets[i] = Math.abs(v)))
    const expected = numbersLoss(head, rowsOf(outputs), rowsOf(targets), { rowWeights: weights })
    const total = N * weights.reduce((a, b) => a + b, 0)
    const made = await runKernel(gpu, kernel as 'loss/squared_error', {
      size: { rows, stride4: width / 4, N, delta: head.delta ?? 1 } as { rows: number; stride4: number },
      grid: flatGrid(rows, 64),
      constants: { gradient: true },
      data: { control: control([1 / total]), targets, weights, outputs, losses: new Float32Array(rows) },
    })
    found.push(
      finding(`losses of ${N} numbers`, made.losses, expected.losses, 1, productBound(N + 3)),
      finding(`gradient of ${N} numbers`, rowsOf(made.outputs), expected.gradient, 1.5 / total, productBound(5)),
    )
  }
  return found
}

const n = 5000

async function normFindings(gpu: Gpu): Promise<Finding[]> {
  const { reductionWidth: width } = gpu.tuning
  const [gradients, groups] = [numbers(n, 3), 7]
  const normOf = async (gradients: Float32Array<ArrayBuffer>, words?: Uint32Array<ArrayBuffer>): Promise<number> => {
    const { partials } = await runKernel(gpu, 'optimizer/gradient_norm', {
      size: { n4: gradients.length / 4, stride: groups * width },
      grid: [groups * width, 1, 1],
      width,
      ...(words && { constants: { grouped: true } }),
      data: { gradients, partials: new Float32Array(groups), groups: words ?? new Uint32Array(4) },
    })
    return Math.sqrt(partials.reduce((a, b) => a + b, 0))
  }
  const few = gradients.slice(0, 300)
  return [
    finding('norm', [await normOf(gradients)], [globalNorm(new Map([['g', Float64Array.from(gradients)]]))], 1, normBound(n)),
    finding('norm of groups', [await normOf(few, groupWords(0))], [globalNorm(grouped(few), shares)], 1, normBound(n)),
  ]
}

/** Policies and verdicts of shaders/lib/control.wgsl and statistics.wgsl. */
const stops = 1
const verdicts = { counts: 0, skipped: 1, stopped: 2, behind: 3 }

async function statisticsFindings(gpu: Gpu): Promise<Finding[]> {
  const { reductionWidth: width } = gpu.tuning
  const run = async (losses: readonly number[], partials: readonly number[], { weight = 0.25, limit = 0, policy = 0, before = 0 } = {}) => {
    const statistics = new Float32Array(4)
    new Uint32Array(statistics.buffer)[3] = before
    const made = await runKernel(gpu, 'loss/statistics', {
      size: { rows: losses.length, partials: partials.length },
      grid: [1, 1, 1],
      width,
      data: { control: control([weight, 0.1, limit], policy), losses: Float32Array.from(losses), partials: Float32Array.from(partials), statistics },
    })
    return { values: made.statistics.subarray(0, 3), verdict: new Uint32Array(made.statistics.buffer)[3]! }
  }
  const found: Finding[] = []
  const [losses, partials] = [[...numbers(137, 2)], [...numbers(9, 4).map((v) => v * v)]]
  const norm = Math.sqrt(partials.reduce((a, b) => a + b, 0))
  for (const limit of [0, 0.5, 1e6]) {
    const { values } = await run(losses, partials, { limit })
    const scale = limit ? clipNorm(new Map([['g', Float64Array.of(norm)]]), limit).scale : 1
    found.push(finding(`loss, norm and scale, clipped at ${limit}`, values, [losses.reduce((a, b) => a + b, 0) / 4, norm, scale], 1, normBound(losses.length)))
  }
  const judged: [string, readonly number[], readonly number[], { policy?: number; before?: number }, number][] = [
    ['a finite step', [1], [1], {}, verdicts.counts],
    ['a loss that is NaN', [1, NaN], [1], {}, verdicts.skipped],
    ['a loss that is infinite', [1, Infinity], [1], {}, verdicts.skipped],
    ['a norm that is NaN', [1], [NaN], {}, verdicts.skipped],
    ['a norm that is infinite', [1], [Infinity], { policy: stops }, verdicts.stopped],
    ['a step behind one that stopped', [1], [1], { policy: stops, before: verdicts.stopped }, verdicts.behind],
  ]
  for (const [what, losses, partials, given, expected] of judged)
    found.push(exactly(`verdict on ${what}`, [(await run(losses, partials, given)).verdict], [expected]))
  return found
}

async function rollBackFindings(gpu: Gpu): Promise<Finding[]> {
  const found: Finding[] = []
  const [values, copy] = [numbers(300, 1), numbers(300, 2)]
  const keeps = 2
  for (const [what, policy, verdict, expected] of [
    ['kept', keeps, verdicts.counts, [values, values]],
    ['left', 0, verdicts.counts, [values, copy]],
    ['put back', 0, verdicts.skipped, [copy, copy]],
  ] as const) {
    const statistics = new Float32Array(4)
    new Uint32Array(statistics.buffer)[3] = verdict
    const made = await runKernel(gpu, 'optimizer/roll_back', {
      size: { n4: 75, stride: 64 },
      grid: [64, 1, 1],
      data: { control: control([], policy), statistics, values, copy },
    })
    found.push(exactly(`values, ${what}`, made.values, expected[0]), exactly(`copy, ${what}`, made.copy, expected[1]))
  }
  return found
}

async function addFindings(gpu: Gpu): Promise<Finding[]> {
  const [earlier, gradients] = [numbers(300, 1), numbers(300, 2)]
  const made = await runKernel(gpu, 'optimizer/add_gradients', { size: { n4: 75, stride: 64 }, grid: [64, 1, 1], data: { earlier, gradients } })
  return [
    exactly(
      'sums',
      made.gradients,
      gradients.map((v, i) => v + earlier[i]!),
    ),
  ]
}

export const trainingChecks: readonly Check[] = [
  single('loss/cross_entropy', 'softmax cross-entropy and its gradient, weights of classes and rows, ignored targets', crossEntropyFindings),
  single('loss/squared_error', 'squared error and its gradient, weights of rows, rows that do not count', (gpu) => numbersFindings(gpu, 'loss/squared_error')),
  single('loss/huber', 'Huber loss and its gradient, weights of rows, rows that do not count', (gpu) => numbersFindings(gpu, 'loss/huber')),
  single('loss/binary_cross_entropy', 'binary cross-entropy and its gradient, weights of rows, rows that do not count', (gpu) =>
    numbersFindings(gpu, 'loss/binary_cross_entropy'),
  ),
  single('optimizer/gradient_norm', `sum of squares of ${n} gradients; of groups`, normFindings),
  single('loss/statistics', 'mean loss, norm, clipping factor, verdict on NaN and infinity', statisticsFindings),
  ...(['sgd', 'momentum', 'rmsprop', 'adam'] as const).map((kind) =>
    single(`optimizer/${kind}`, 'three updates, clipped, of all alike and of groups', async (gpu) => [
      ...(await updateFindings(gpu, kind)),
      ...(await updateFindings(gpu, kind, true)),
    ]),
  ),
  single('optimizer/add_gradients', 'gradients of two passes', addFindings),
  single('optimizer/roll_back', 'copies of the parameters, and back', rollBackFindings),
]
