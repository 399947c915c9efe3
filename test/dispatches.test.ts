// What a training step and a written character cost in dispatches and submits, counted at the encoder and queue of a device that does
// nothing: test/dispatches.gpu.test.ts counts some of them at real ones.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cellNames, cells, type CellName } from '../src/cells'
import { Network } from '../src/network'
import { Plan } from '../src/gpu/plan'
import { type StrategyName, strategyOf } from '../src/gpu/strategy'
import { adam, momentum, rmsprop, sgd, type Optimizer } from '../src/optimizer'
import { Predictor, type PredictionBatch } from '../src/predictor'
import type { LayerContext } from '../src/schedule/context'
import { residentColumns } from '../src/resident/columns'
import { stepsPerDispatch } from '../src/schedule/steps'
import { loadKernels } from '../src/strategies'
import type { NotFinitePolicy } from '../src/schedule/training'
import { Trainer } from '../src/trainer'
import { TextGenerator } from '../src/text/generator'
import type { LayerSpec } from '../src/spec'
import { askedNothing, idleDevice } from './support/idle-device'
import { asIf, perCharacter } from './support/kernel'

const counts = askedNothing()
const idle = idleDevice({ asked: counts })
/** A device that does nothing and counts, in the place of a software adapter. */
const software = asIf(idle, true)

afterEach(() => void vi.restoreAllMocks())

/** Dispatches of the first layer in a training step: the steps forward and backward, dU, dW and db. A GRU with the reset gate
 * before the product has two dispatches a step, and so has a minimal gated unit; each of its products with U has a dU, and so have
 * those of the other GRU. */
const layerCost: Record<CellName, (T: number) => number> = {
  rnn: (T) => 2 * T + 3,
  'rnn-relu': (T) => 2 * T + 3,
  lstm: (T) => 2 * T + 3,
  'gru-reset-after': (T) => 2 * T + 4,
  gru: (T) => 4 * T + 4,
  mgu: (T) => 4 * T + 4,
}
/** The others have x W and dx, and db with dW. */
const above = (cell: CellName, T: number) => layerCost[cell](T) + 1
/** O, loss, dH and dW_q; norm, statistics, update. */
const headAndUpdate = 7

const reset = () => Object.assign(counts, askedNothing())
const V = 6

async function trainingStep(
  layers: readonly LayerSpec[],
  T: number,
  {
    optimizer = adam(),
    strategy = 'tile-16',
    recompute,
    dropout = 0,
    notFinite,
  }: { optimizer?: Optimizer; strategy?: StrategyName; recompute?: number; dropout?: number; notFinite?: NotFinitePolicy } = {},
) {
  const B = 3
  const network = await Network.create({ device: software, input: { ids: V }, layers, dropout, head: { classes: V } })
  const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer, clipNorm: 1, strategy, recompute, notFinite })
  const ids = Uint32Array.from({ length: T * B }, (_, i) => i % V)
  await trainer.step({ ids, targets: ids, fresh: true })
  reset()
  await trainer.step({ ids, targets: ids, fresh: layers.some((layer) => layer.bidirectional) })
  // Where the state is carried, a dispatch for each of its tensors comes before the step: it is left out of what follows.
  const carried = layers.some((layer) => layer.bidirectional) ? 0 : layers.reduce((n, { cell }) => n + cells[cell].states.length, 0)
  const made = { ...counts, dispatches: counts.dispatches - carried }
  expect(trainer.plan.dispatches, 'the plan says what is dispatched').toBe(made.dispatches)
  expect(trainer.plan.toString().split('\n')[0]).toBe(`training step: ${made.dispatches} dispatches`)
  trainer.destroy()
  network.destroy()
  return made
}

describe.each(cellNames)('a training step of %s', (cell) => {
  test.each([1, 2, 7, 20])('T = %i: one submit, one encoder, one pass, and no more dispatches than said', async (T) => {
    const { dispatches, submits, encoders, passes } = await trainingStep([{ cell, hidden: 5 }], T)
    expect({ submits, encoders, passes }).toEqual({ submits: 1, encoders: 1, passes: 1 })
    expect(dispatches).toBe(layerCost[cell](T) + headAndUpdate)
  })
})

test.each(cellNames)('%s: both directions cost no more dispatches than one', async (cell) => {
  const [one, two] = [await trainingStep([{ cell, hidden: 5 }], 9), await trainingStep([{ cell, hidden: 5, bidirectional: true }], 9)]
  expect(two.dispatches).toBe(one.dispatches)
})

// Forward the product with U, the equations and the projection; backward the gradient of h, that of the projection, the equations, and but for the
// last step what comes through U. Then dU, dR, dW and db.
test.each([false, true])('an LSTM that projects its state takes seven dispatches a step, by every strategy (both directions: %s)', async (bidirectional) => {
  const T = 9
  const layers = [{ cell: 'lstm', hidden: 5, projection: 3, bidirectional }] as const
  const inTiles = 7 * T + 3 + headAndUpdate
  expect((await trainingStep(layers, T)).dispatches).toBe(inTiles)
  // Column sums of dW_q are a dispatch of their own there.
  for (const strategy of ['per-step-16', 'fused-1', 'resident-16'] as const) expect((await trainingStep(layers, T, { strategy })).dispatches).toBe(inTiles + 1)
})

test.each(cellNames)('%s: a further layer costs as much as the first', async (cell) => {
  const T = 5
  for (const L of [1, 2, 4]) {
    const { dispatches } = await trainingStep(
      Array.from({ length: L }, () => ({ cell, hidden: 4 })),
      T,
    )
    expect(dispatches).toBe(layerCost[cell](T) + (L - 1) * above(cell, T) + headAndUpdate)
  }
})

test.each(cellNames.filter((cell) => cells[cell].resident))('%s: so is one whose U is held, and a product is one for each 128 terms', async (cell) => {
  for (const [T, parts] of [
    [32, 1],
    [96, 3],
  ] as const) {
    const { dispatches, submits } = await trainingStep([{ cell, hidden: 5 }], T, { strategy: 'resident-16' })
    expect(submits).toBe(1)
    // A GRU's dU is two products; the column sums are dispatches of their own, of dW_q and of the ds of a GRU.
    const products = cell.startsWith('gru') ? 2 : 1
    const sums = cell === 'gru-reset-after' ? 2 : 1
    expect(dispatches).toBe(2 + products * parts + 2 + (headAndUpdate - 1) + parts + sums)
  }
})

// The kernels made for GPUs: a recurrence is a dispatch a step, or one each way. Each product with U has a dU of its own, and column sums
// are dispatches of their own: of dW_q, and of the ds of a GRU reset after.
test.each(cellNames)('%s: as a GPU makes it, a dispatch a step, or one for all', async (cell) => {
  const T = 32
  const products = cells[cell].recurrent.length
  const surroundings = products + 2 + (cells[cell].recurrentBias ? 1 : 0) + headAndUpdate + 1
  const perStep = await trainingStep([{ cell, hidden: 5 }], T, { strategy: 'per-step-16' })
  expect(perStep).toMatchObject({ submits: 1, passes: 1, dispatches: 2 * T * cells[cell].forward.length + surroundings })
  for (const bidirectional of [false, true]) {
    const { submits, dispatches } = await trainingStep([{ cell, hidden: 5, bidirectional }], T, { strategy: 'fused-1' })
    expect({ submits, dispatches }).toEqual({ submits: 1, dispatches: 2 + surroundings })
    expect(dispatches).toBeLessThanOrEqual(24)
  }
})

test.each(cellNames)('%s: gates made again take the steps forward of all segments but the last, and a few dispatches each', async (cell) => {
  // Segments of 5, 5, 5 and 3 steps. Each has dU and dW; all but the first dh. db is one.
  const [T, S, n, last] = [18, 5, 4, 3]
  const phases = cells[cell].forward.length
  const dh = cell === 'gru-reset-after' ? 2 : 1
  const products = cells[cell].recurrent.length
  const { dispatches, submits } = await trainingStep([{ cell, hidden: 5 }], T, { recompute: S })
  expect(submits).toBe(1)
  expect(dispatches).toBe(phases * (2 * T + T - last) + (products + 1) * n + 1 + (n - 1) * dh + headAndUpdate)
  // Two directions are at different times, and sum on their own.
  const two = await trainingStep([{ cell, hidden: 5, bidirectional: true }], T, { recompute: S })
  expect(two.dispatches).toBe(dispatches + n)
  // A segment of all steps costs what keeping them does.
  expect((await trainingStep([{ cell, hidden: 5 }], T, { recompute: T })).dispatches).toBe(layerCost[cell](T) + headAndUpdate)
})

test.each(cellNames)('%s: dropout between layers is a dispatch forward and one backward', async (cell) => {
  const layers = Array.from({ length: 3 }, () => ({ cell, hidden: 4 }))
  const [without, dropped] = [await trainingStep(layers, 5), await trainingStep(layers, 5, { dropout: 0.5 })]
  expect(dropped.dispatches).toBe(without.dispatches + 2 * 2)
})

test.each(cellNames)('%s: dropout of the state draws masks twice, and masks what each product with U multiplied', async (cell) => {
  const step = (more: object) => trainingStep([{ cell, hidden: 5, ...more }], 5)
  const products = cells[cell].recurrent.length
  expect((await step({ recurrentDropout: 0.5 })).dispatches).toBe((await step({})).dispatches + 2 + products)
})

test.each([1, 2])('dropout of the input of %i directions: a mask, the input of each dropped; backward a dW and a dx each, and its mask', async (directions) => {
  const cell = 'rnn'
  const step = (more: object) =>
    trainingStep(
      [
        { cell, hidden: 5 },
        { cell, hidden: 5, bidirectional: directions === 2, ...more },
      ],
      5,
    )
  // Whole, both directions have one product for x W, with a matrix each, one for dW and one for dx.
  const others = 3 * (directions - 1) * 1
  expect((await step({ inputDropout: 0.5 })).dispatches).toBe((await step({})).dispatches + 1 + 2 * directions + others)
})

test('a whole recurrence is cut where a dispatch would take too long', async () => {
  await loadKernels('resident-16')
  const layer = { cell: 'lstm', B: 32, D: 1, G: 4, H4: 64, T: 1000 } as LayerContext
  const most = (strategy: StrategyName, groupRate: number, cores = 8) =>
    stepsPerDispatch(new Plan('', { ...software.tuning, strategy: strategyOf(strategy), workgroupRate: groupRate, cores }), layer)
  // 4 rows × 4 gates × 256 units × 256 terms × 2 is 2.1 MFLOP a step; 50 ms at 3 GFLOP/s are 150 MFLOP, 71 steps: 1000 then take 15
  // dispatches, which are cut alike.
  expect(most('fused-4', 3e9)).toBe(67)
  // Where U is held steps are faster by half. Of two workgroups, one waits if there is but one core; of eight, six if there are two.
  expect(most('resident-16', 3e9)).toBe(26)
  expect(most('resident-16', 3e9, 1)).toBe(13)
  expect(most('resident-4', 3e9, 2)).toBe(26)
  expect(most('fused-4', 1)).toBe(1)
  expect(most('fused-4', 1e15)).toBe(1000)
  expect(most('tile-16', 1e15)).toBe(1)
})

test('U is held in as few parts as there is room for', () => {
  const parts = (cell: CellName, hidden: number) => {
    const held = residentColumns({ H4: Math.ceil(hidden / 4), G: cells[cell].gates.length })
    return held && [held.forward.slices, held.backward.slices]
  }
  expect(parts('lstm', 128)).toEqual([1, 1])
  expect(parts('lstm', 256)).toEqual([1, 2])
  expect(parts('lstm', 288)).toEqual([2, 4])
  expect(parts('lstm', 512)).toEqual([2, 4])
  // Half of its units are not as many sixteens.
  expect(parts('lstm', 300)).toBe(null)
  expect(parts('lstm', 516)).toBe(null)
  expect(parts('gru', 256)).toEqual([1, 1])
  expect(parts('gru', 260)).toBe(null)
  expect(parts('rnn', 1024)).toEqual([1, 1])
  expect(parts('rnn', 1028)).toBe(null)
})

test('the optimizer is one dispatch, whichever it is', async () => {
  const made = await Promise.all([sgd({ rate: 1 }), momentum({ rate: 1 }), rmsprop(), adam()].map(async (optimizer) => optimizer))
  const dispatches = []
  for (const optimizer of made) dispatches.push((await trainingStep([{ cell: 'rnn', hidden: 4 }], 3, { optimizer })).dispatches)
  expect(new Set(dispatches).size).toBe(1)
})

test('a step that is not finite is judged within the step: skipping costs nothing, and rolling back a dispatch for each flat array', async () => {
  const cost = (notFinite: NotFinitePolicy, optimizer: Optimizer) => trainingStep([{ cell: 'lstm', hidden: 4 }], 3, { notFinite, optimizer })
  const stop = await cost('stop', adam())
  expect(await cost('skip', adam())).toEqual(stop)
  expect(await cost('rollback', adam())).toEqual({ ...stop, dispatches: stop.dispatches + 3 })
  expect((await cost('rollback', sgd({ rate: 1 }))).dispatches).toBe(stop.dispatches + 1)
})

// With many classes, head, draw and look-up in an embedding have a dispatch each; else they are one, but for the first look-up
// of a submit. x W of what an embedding gave is one more.
test.each([
  { V, each: 2, more: 0 },
  { V, embedding: 3, each: 3, more: 1 },
  { V: 2052, each: 3, more: 0 },
  { V: 2052, embedding: 3, each: 5, more: 0 },
])(
  'on hardware, where one workgroup would be slow, writing with $V classes, embedding $embedding, takes a submit for 64 characters, and $each dispatches a character',
  async ({ V, embedding, each, more }) => {
    const network = await Network.create({
      device: perCharacter(idle),
      input: { ids: V, ...(embedding && { embedding }) },
      layers: [{ cell: 'lstm', hidden: 5 }],
      head: { classes: V },
    })
    expect(await writing(network, Uint32Array.of(1), 256)).toEqual({ submits: 4, dispatches: each * 256 + more * 4 })
    // The cost of a character does not grow with the text before it.
    expect(await writing(network, new Uint32Array(200), 24)).toEqual({ submits: 4, dispatches: each * (200 + 24 - 1) + more * 4 })
    network.destroy()
  },
)

test('a frame of a stream takes a submit, a pass, and a write of its features alone: nothing else of the batch has changed', async () => {
  const network = await Network.create({ device: software, input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 5 }], head: { numbers: 1 } })
  const predictor = await Predictor.create(network, { steps: 1, batch: 2 })
  const state = await predictor.state()
  const features = new Float32Array(6)
  const cost = async (batch: Partial<PredictionBatch> = {}) => {
    reset()
    await predictor.predict({ features, state, ...batch })
    return { ...counts }
  }
  // x W, the step and the head; h and c in and out, and the answer.
  const frame = { dispatches: 3, passes: 1, encoders: 1, submits: 1, copies: 5, writes: 1 }
  expect([await cost(), await cost()]).toEqual([frame, frame])
  // Lengths are sent, and taken back by the batch after them.
  const lengths = Uint32Array.of(1, 0)
  expect((await cost({ lengths })).writes).toBe(2)
  expect([(await cost()).writes, (await cost()).writes]).toEqual([2, 1])
  state.destroy()
  predictor.destroy()
  network.destroy()
})

/** What it takes to write so many characters after a prefix. */
async function writing(network: Network, prefix: Uint32Array, length: number): Promise<{ submits: number; dispatches: number }> {
  const writer = await TextGenerator.create(network)
  reset()
  let written = 0
  for await (const { ids } of writer.generate(prefix, { length })) written += ids.length
  expect(written).toBe(length)
  writer.destroy()
  return { submits: counts.submits, dispatches: counts.dispatches }
}
