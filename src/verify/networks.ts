// Each cell under each strategy: small networks, whose tiles do not come out even, against the reference.
import { openCase, type Case, type Opened } from '../agreement/case'
import { agreement } from '../agreement/compare'
import { cells, type CellName, type ResidentKernel } from '../cells'
import type { Gpu } from '../gpu/device'
import type { KernelName } from '../gpu/kernels'
import { strategyOf, type StrategyName } from '../gpu/strategy'
import { pad4 } from '../gpu/tensor'
import { isDense, recurrentLayers, type NetworkSpec } from '../spec'
import { loadKernels } from '../strategies'
import { exactly, type Check, type Finding } from './check'
import { productKernels } from './products'

/** The kernels of a cell's steps under a strategy. */
export function stepKernels(cell: CellName, strategy: StrategyName): { readonly forward: KernelName; readonly backward: KernelName } {
  const { kernel, resident } = cells[cell]
  const { kernels } = strategyOf(strategy)
  if (kernels === 'workgroup') return { forward: `cell/${kernel}_forward_grid`, backward: `cell/${kernel}_backward_grid` }
  if (kernels === 'tile' || !resident) return { forward: `tile/${kernel}_forward`, backward: `tile/${kernel}_backward` }
  return { forward: `resident/${kernel as ResidentKernel}_forward`, backward: `resident/${kernel as ResidentKernel}_backward` }
}

/** More rows than a tile of 16 has, of all lengths, none among them; units that fill no vec4f; two layers, one in both directions;
 * dropout; initial states; targets that do not count. */
const deep = (cell: CellName): Case => ({
  spec: {
    input: { ids: 7 },
    layers: [
      { cell, hidden: 21, ...(cell === 'lstm' && { peepholes: true }) },
      { cell, hidden: 21, bidirectional: true },
    ],
    dropout: 0.25,
    head: { classes: 7 },
  },
  steps: 5,
  batch: 19,
  lengths: Array.from({ length: 19 }, (_, b) => [5, 1, 4, 0, 2, 3][b % 6]!),
  initial: true,
  ignore: true,
  dropoutSeed: 9,
})

/** Few rows, saturated gates, learned initial states, vectors in and numbers out at the last step. */
const few = (cell: CellName): Case => ({
  spec: { input: { features: 5 }, layers: [{ cell, hidden: 40, learnInitial: true }], head: { numbers: 3, at: 'last' } },
  steps: 4,
  batch: 3,
  lengths: [4, 2, 3],
  // A relu has nothing to saturate.
  ...(cell !== 'rnn-relu' && { biases: 12 }),
})

/** An embedding, no biases; a segment of the steps is kept, and the others are made again. */
const recomputed = (cell: CellName): Case => ({
  spec: { input: { ids: 9, embedding: 6 }, layers: [{ cell, hidden: 12, bias: false }], head: { classes: 9 } },
  steps: 7,
  batch: 6,
  recompute: 3,
  classWeights: true,
})

/** Dense layers before, between and after recurrent ones, each with an activation; joined inputs; dropout; lengths. */
const dense = (cell: CellName): Case => ({
  spec: {
    input: { features: 5 },
    layers: [
      { dense: 9, activation: 'tanh' },
      { cell, hidden: 7, bidirectional: true },
      { dense: 10, activation: 'relu', inputs: ['input', 1] },
      { cell, hidden: 6 },
      { dense: 7, activation: 'sigmoid', bias: false },
    ],
    dropout: 0.25,
    head: { classes: 6, inputs: [0, 3, 4] },
  },
  steps: 4,
  batch: 9,
  lengths: Array.from({ length: 9 }, (_, b) => [4, 1, 0, 2, 3][b % 5]!),
  dropoutSeed: 5,
})

/** Dropout of the input and of the state, both directions, lengths; a segment of the steps is kept. */
const dropped = (cell: CellName): Case => ({
  spec: {
    input: { features: 5 },
    layers: [{ cell, hidden: 9, bidirectional: true, inputDropout: 0.25, recurrentDropout: 0.25 }],
    head: { classes: 6 },
  },
  steps: 5,
  batch: 9,
  lengths: Array.from({ length: 9 }, (_, b) => [5, 1, 0, 2, 3][b % 5]!),
  recompute: 3,
  dropoutSeed: 5,
})

/** Projected states: both directions, peepholes, dropout of the state, lengths; a segment of the steps is kept. */
const projected = (cell: CellName): Case => ({
  spec: {
    input: { features: 5 },
    layers: [
      { cell, hidden: 21, projection: 10, bidirectional: true, peepholes: true, recurrentDropout: 0.25 },
      { cell, hidden: 9, projection: 5 },
    ],
    head: { classes: 6 },
  },
  steps: 5,
  batch: 9,
  lengths: Array.from({ length: 9 }, (_, b) => [5, 1, 0, 2, 3][b % 5]!),
  initial: true,
  recompute: 3,
  dropoutSeed: 5,
})

const isBackward = ({ tensor }: Finding): boolean => /^(d |dx$|dh|dc|norm$)/.test(tensor)

/** NaN stays NaN: a bias of each gate becomes NaN, each of another unit. That unit is NaN at once, all units are a step later, and so are
 * loss and norm. */
async function nanFindings(gpu: Gpu, { spec, lengths }: Case, { network, options }: Opened): Promise<Finding[]> {
  const { cell, hidden: H } = recurrentLayers(spec)[0]!.layer
  const { gates } = cells[cell]
  const { buffer, offset } = network.parameters.value('layers.0.b')
  gates.forEach((_, g) => gpu.device.queue.writeBuffer(buffer, offset + 4 * (g * pad4(H) + g), Float32Array.of(NaN)))
  const { trace, loss, gradients } = await network.run(options)
  const { h } = trace![0]!
  const row = lengths!.findIndex((length) => length > 1)
  const at = (t: number, unit: number) => h[(t * options.batch + row) * H + unit]!
  const [now, later] = [gates.map((_, g) => at(0, g)), Array.from({ length: H }, (_, unit) => at(1, unit))]
  const all = (values: readonly number[]) => values.map(() => NaN)
  return [
    exactly(`h of the units whose bias of ${gates.join(', ')} is NaN`, now, all(now)),
    exactly('h of all units a step later', later, all(later)),
    exactly('loss and norm after NaN', [loss, gradients!.norm], [NaN, NaN]),
  ]
}

async function run(gpu: Gpu, c: Case, strategy: StrategyName): Promise<[Finding[], Finding[]]> {
  await loadKernels(strategy)
  const opened = await openCase(gpu, c)
  try {
    const found = agreement(c, opened.drawn, await opened.network.run(opened.options))
    const nan = c.ignore ? await nanFindings(gpu, c, opened) : []
    return [[...found.filter((one) => !isBackward(one)), ...nan], found.filter(isBackward)]
  } finally {
    opened.network.destroy()
  }
}

/** Kernels that a network uses beside those of its steps. */
function othersOf(spec: NetworkSpec, strategy: StrategyName): KernelName[] {
  const { input, dropout, head } = spec
  const inTiles = strategyOf(strategy).kernels === 'tile'
  const layers = recurrentLayers(spec).map(({ layer }) => layer)
  const hasDense = spec.layers.some(isDense)
  return [
    ...productKernels(strategy),
    ...(!inTiles || layers.some(({ learnInitial }) => learnInitial) || ('ids' in input && !input.embedding) ? (['product/column_sums'] as const) : []),
    'optimizer/gradient_norm',
    'loss/statistics',
    head && 'classes' in head ? 'loss/cross_entropy' : 'loss/squared_error',
    ...('ids' in input ? (['token/embedding_backward'] as const) : []),
    ...('ids' in input && input.embedding ? (['token/embedding_forward'] as const) : []),
    ...(dropout ? (['layer/dropout'] as const) : []),
    ...(layers.some(({ recurrentDropout }) => recurrentDropout) ? (['layer/sequence_mask', 'layer/apply_mask'] as const) : []),
    ...(hasDense ? (['layer/activation_gradient', 'layer/join'] as const) : []),
    ...(hasDense && strategyOf(strategy).kernels !== 'workgroup' ? (['layer/activation'] as const) : []),
    ...(head?.at === 'last' ? (['layer/final_state'] as const) : []),
    ...(layers.some(({ learnInitial }) => learnInitial) ? (['layer/initial_state'] as const) : []),
    ...(layers.some(({ projection }) => projection) ? (['layer/projection', 'layer/projection_gradient'] as const) : []),
    ...(layers.some(({ peepholes }) => peepholes) ? (['layer/peephole_gradient'] as const) : []),
  ]
}

const cases = [
  { what: 'two layers, both directions, dropout, lengths, NaN', of: deep },
  { what: 'few rows, saturated gates, the last step', of: few },
  { what: 'embedding, gates made again', of: recomputed },
]
/** What does not hang on the cell is checked with one. */
const once = { cell: 'rnn', what: 'dense layers, joined inputs', of: dense } as const

/** A case under a strategy, with the steps by its kernels or by others. */
function networkCheck(
  cell: CellName,
  { what, of }: (typeof cases)[number],
  strategy: StrategyName,
  { forward, backward }: ReturnType<typeof stepKernels> = stepKernels(cell, strategy),
): Check {
  const c: Case = { ...of(cell), strategy }
  return {
    parts: [
      { kernel: forward, what: `${cell}: ${what}` },
      { kernel: backward, what: `${cell}: ${what}` },
    ],
    strategy,
    uses: othersOf(c.spec, strategy),
    run: (gpu) => run(gpu, c, strategy),
  }
}

/** A cell under a strategy. */
export const networkChecks = (cell: CellName, strategy: StrategyName): Check[] =>
  [...cases, ...(cell === once.cell ? [once] : [])].map((one) => networkCheck(cell, one, strategy))

/** A cell with dropout within, under one strategy of each kind: with register-resident weights the steps are computed in tiles then. */
export const dropoutCheck = (cell: CellName, strategy: StrategyName): Check =>
  networkCheck(
    cell,
    { what: 'dropout within, gates made again', of: dropped },
    strategy,
    stepKernels(cell, strategyOf(strategy).kernels === 'workgroup' ? strategy : 'tile-16'),
  )

/** A cell with projected states, which has kernels of its own: under one strategy of each kind, whose products it has. */
export const projectionChecks = (cell: CellName, strategy: StrategyName): Check[] =>
  cells[cell].projection
    ? [
        networkCheck(cell, { what: 'projected states, gates made again', of: projected }, strategy, {
          forward: 'cell/lstm_projected_forward',
          backward: 'cell/lstm_projected_backward',
        }),
      ]
    : []
