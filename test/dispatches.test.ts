// What a training step and a written character cost in dispatches and submits, counted at the encoder and queue of a device that does
// nothing: test/dispatches.gpu.test.ts counts some of them at real ones.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cellNames, cells, type CellName } from '../src/cells'
import { Network } from '../src/network'
import { Gpu } from '../src/gpu/device'
import { Plan, type PlanName } from '../src/gpu/plan'
import { adam, momentum, rmsprop, sgd, type Optimizer } from '../src/optimizer'
import type { LayerContext } from '../src/schedule/context'
import { heldColumns, stepsPerDispatch } from '../src/schedule/steps'
import type { NotFinitePolicy } from '../src/schedule/training'
import { Trainer } from '../src/trainer'
import { Writer } from '../src/text/writer'
import type { LayerSpec } from '../src/spec'
import { askedNothing, idleDevice } from './support/idle-device'
import { asIf, perCharacter } from './support/kernel'

const counts = askedNothing()
const idle = idleDevice({ asked: counts })
/** A device that does nothing and counts, in the place of a software adapter. */
const software = asIf(idle, true)

afterEach(() => void vi.restoreAllMocks())

/** Dispatches of the first layer in a training step: the steps forward and backward, dU, dW and db. A GRU with the reset gate
 * before the product has two dispatches a step, and so has a minimal gated unit. */
const layerCost: Record<CellName, (T: number) => number> = {
  rnn: (T) => 2 * T + 3,
  'rnn-relu': (T) => 2 * T + 3,
  lstm: (T) => 2 * T + 3,
  'gru-reset-after': (T) => 2 * T + 3,
  gru: (T) => 4 * T + 3,
  mgu: (T) => 4 * T + 3,
}
/** The others have x W and dx, and db with dW. */
const above = (cell: CellName, T: number) => layerCost[cell](T) + 1
/** O, loss, dH and dW_q; norm, statistics, update. */
const headAndUpdate = 7

const reset = () => Object.assign(counts, askedNothing())
const V = 6

async function trainingStep(layers: readonly LayerSpec[], T: number, { optimizer = adam(), plan = 'steps-16', recompute, dropout = 0, notFinite }: { optimizer?: Optimizer; plan?: PlanName; recompute?: number; dropout?: number; notFinite?: NotFinitePolicy } = {}) {
  const B = 3
  const network = await Network.create({ device: software, input: { ids: V }, layers, dropout, head: { classes: V } })
  const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer, clipNorm: 1, plan, recompute, notFinite })
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

test.each(cellNames)('%s: a further layer costs as much as the first', async (cell) => {
  const T = 5
  for (const L of [1, 2, 4]) {
    const { dispatches } = await trainingStep(Array.from({ length: L }, () => ({ cell, hidden: 4 })), T)
    expect(dispatches).toBe(layerCost[cell](T) + (L - 1) * above(cell, T) + headAndUpdate)
  }
})

test.each(cellNames)('%s: a whole recurrence is one dispatch forward and one backward', async (cell) => {
  for (const bidirectional of [false, true]) {
    const { dispatches, submits } = await trainingStep([{ cell, hidden: 5, bidirectional }], 32, { plan: 'whole-16' })
    expect(submits).toBe(1)
    expect(dispatches).toBe(2 + 3 + headAndUpdate)
    const deep = await trainingStep(Array.from({ length: 3 }, () => ({ cell, hidden: 5, bidirectional })), 32, { plan: 'whole-16' })
    expect(deep.dispatches).toBe(2 + 3 + 2 * (2 + 4) + headAndUpdate)
  }
})

test.each(cellNames.filter((cell) => cells[cell].resident))('%s: so is one whose U is held, and a product is one for each 128 terms', async (cell) => {
  for (const [T, parts] of [[32, 1], [96, 3]] as const) {
    const { dispatches, submits } = await trainingStep([{ cell, hidden: 5 }], T, { plan: 'persistent-16' })
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
  const perStep = await trainingStep([{ cell, hidden: 5 }], T, { plan: 'per-step-16' })
  expect(perStep).toMatchObject({ submits: 1, passes: 1, dispatches: 2 * T * cells[cell].forward.length + surroundings })
  for (const bidirectional of [false, true]) {
    const { submits, dispatches } = await trainingStep([{ cell, hidden: 5, bidirectional }], T, { plan: 'fused-1' })
    expect({ submits, dispatches }).toEqual({ submits: 1, dispatches: 2 + surroundings })
    expect(dispatches).toBeLessThanOrEqual(24)
  }
})

test.each(cellNames)('%s: gates made again take the steps forward of all segments but the last, and a few dispatches each', async (cell) => {
  // Segments of 5, 5, 5 and 3 steps. Each has dU and dW; all but the first dh. db is one.
  const [T, S, n, last] = [18, 5, 4, 3]
  const phases = cells[cell].forward.length
  const dh = cell === 'gru-reset-after' ? 2 : 1
  const { dispatches, submits } = await trainingStep([{ cell, hidden: 5 }], T, { recompute: S })
  expect(submits).toBe(1)
  expect(dispatches).toBe(phases * (2 * T + T - last) + 2 * n + 1 + (n - 1) * dh + headAndUpdate)
  // Two directions are at different times, and sum on their own.
  const two = await trainingStep([{ cell, hidden: 5, bidirectional: true }], T, { recompute: S })
  expect(two.dispatches).toBe(dispatches + n)
  const whole = await trainingStep([{ cell, hidden: 5 }], T, { recompute: S, plan: 'whole-16' })
  expect(whole.dispatches).toBe(n + n + (n - 1) + 2 * n + 1 + (n - 1) * dh + headAndUpdate)
  // A segment of all steps costs what keeping them does.
  expect((await trainingStep([{ cell, hidden: 5 }], T, { recompute: T })).dispatches).toBe(layerCost[cell](T) + headAndUpdate)
})

test.each(cellNames)('%s: layers alike, on the diagonal, cost a dispatch for a diagonal and not for a step of each', async (cell) => {
  for (const [T, L] of [[5, 2], [9, 4], [1, 3]] as const) {
    const layers = Array.from({ length: L }, () => ({ cell, hidden: 4 }))
    const { dispatches, submits, passes } = await trainingStep(layers, T, { plan: 'diagonal-16' })
    expect({ submits, passes }).toEqual({ submits: 1, passes: 1 })
    // T + L − 1 diagonals forward and as many backward; db of the first layer, dU and dW of each.
    expect(dispatches).toBe(2 * cells[cell].forward.length * (T + L - 1) + 1 + 2 * L + headAndUpdate)
  }
})

test.each(cellNames)('%s: only layers alike share a dispatch', async (cell) => {
  const T = 5
  const cost = async (layers: readonly LayerSpec[]) => (await trainingStep(layers, T, { plan: 'diagonal-4' })).dispatches - headAndUpdate
  const two = 2 * cells[cell].forward.length * (T + 1) + 5
  expect(await cost([{ cell, hidden: 4 }])).toBe(layerCost[cell](T))
  expect(await cost([{ cell, hidden: 4 }, { cell, hidden: 3 }])).toBe(layerCost[cell](T) + above(cell, T))
  expect(await cost([{ cell, hidden: 4, bidirectional: true }, { cell, hidden: 4, bidirectional: true }])).toBe(layerCost[cell](T) + above(cell, T))
  expect(await cost([{ cell, hidden: 4, bidirectional: true }, { cell, hidden: 4 }, { cell, hidden: 4 }])).toBe(layerCost[cell](T) + two + 1)
  expect(await cost([{ cell, hidden: 4 }, { cell, hidden: 4 }, { cell, hidden: 3 }, { cell, hidden: 3 }])).toBe(2 * two + 1)
})

test('more layers alike than a buffer holds are made in groups', async () => {
  const [T, B] = [32, 3]
  const layers: LayerSpec[] = Array.from({ length: 5 }, () => ({ cell: 'lstm', hidden: 4 }))
  const gates = T * B * 4 * 4 * 4
  const cost = async (largest: number) => {
    vi.spyOn(Gpu.prototype, 'largestBuffer', 'get').mockReturnValue(largest)
    return (await trainingStep(layers, T, { plan: 'diagonal-16' })).dispatches - headAndUpdate
  }
  expect(await cost(5 * gates)).toBe(2 * (T + 4) + 11)
  expect(await cost(5 * gates - 1)).toBe(2 * (T + 3) + 9 + above('lstm', T))
  expect(await cost(2 * gates)).toBe(2 * (2 * (T + 1) + 5) + 1 + above('lstm', T))
})

test.each(cellNames)('%s: dropout between layers alike is a dispatch forward and one backward, as it is between others', async (cell) => {
  const layers = Array.from({ length: 3 }, () => ({ cell, hidden: 4 }))
  for (const plan of ['steps-16', 'diagonal-16'] as const) {
    const [without, thinned] = [await trainingStep(layers, 5, { plan }), await trainingStep(layers, 5, { plan, dropout: 0.5 })]
    expect(thinned.dispatches).toBe(without.dispatches + 2 * 2)
  }
})

test('a whole recurrence is cut where a dispatch would take too long', () => {
  const layer = { cell: 'lstm', B: 32, D: 1, G: 4, H4: 64, T: 1000 } as LayerContext
  const most = (plan: PlanName, groupRate: number, cores = 8) => stepsPerDispatch(new Plan('', { ...software.tuning, plan, groupRate, cores }), layer)
  // 16 rows × 4 gates × 256 units × 256 terms × 2 is 8.4 MFLOP a step; 50 ms at 3 GFLOP/s are 150 MFLOP.
  expect(most('whole-16', 3e9)).toBe(17)
  // Of 4 rows, 71 would; 1000 steps then take 15 dispatches, which are cut alike.
  expect(most('whole-4', 3e9)).toBe(67)
  // Where U is held steps are faster by half. Of two workgroups, one waits if there is but one core; of eight, six if there are two.
  expect(most('persistent-16', 3e9)).toBe(26)
  expect(most('persistent-16', 3e9, 1)).toBe(13)
  expect(most('persistent-4', 3e9, 2)).toBe(26)
  expect(most('whole-16', 1)).toBe(1)
  expect(most('whole-16', 1e15)).toBe(1000)
  expect(most('steps-16', 1e15)).toBe(1)
})

test('U is held in as few parts as there is room for', () => {
  const parts = (cell: CellName, hidden: number) => {
    const held = heldColumns({ H4: Math.ceil(hidden / 4), G: cells[cell].gates.length })
    return held && [held.forward.parts, held.backward.parts]
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
])('on hardware, where one workgroup would be slow, writing with $V classes, embedding $embedding, takes a submit for 64 characters, and $each dispatches a character', async ({ V, embedding, each, more }) => {
  const network = await Network.create({ device: perCharacter(idle), input: { ids: V, ...(embedding && { embedding }) }, layers: [{ cell: 'lstm', hidden: 5 }], head: { classes: V } })
  expect(await writing(network, Uint32Array.of(1), 256)).toEqual({ submits: 4, dispatches: each * 256 + more * 4 })
  // The cost of a character does not grow with the text before it.
  expect(await writing(network, new Uint32Array(200), 24)).toEqual({ submits: 4, dispatches: each * (200 + 24 - 1) + more * 4 })
  network.destroy()
})

test.each<{ fits: boolean; V?: number; embedding?: number; layers: readonly LayerSpec[] }>([
  ...cellNames.map((cell) => ({ fits: cells[cell].resident, layers: [{ cell, hidden: 12 }] })),
  { fits: true, V: 1024, embedding: 5, layers: Array.from({ length: 4 }, () => ({ cell: 'lstm', hidden: 12 })) },
  { fits: true, layers: [{ cell: 'rnn', hidden: 512 }] },
  { fits: false, V: 1025, layers: [{ cell: 'lstm', hidden: 12 }] },
  { fits: false, layers: Array.from({ length: 5 }, () => ({ cell: 'lstm', hidden: 12 })) },
  { fits: false, layers: [{ cell: 'rnn', hidden: 516 }] },
  { fits: false, layers: [{ cell: 'lstm', hidden: 512 }] }, // more invocations than a workgroup has
  { fits: false, layers: [{ cell: 'lstm', hidden: 12 }, { cell: 'lstm', hidden: 8 }] },
])('on a software adapter, whether 128 characters are one dispatch: $fits for $V classes, $layers', async ({ fits, V = 9, embedding, layers }) => {
  const network = await Network.create({ device: software, input: { ids: V, ...(embedding && { embedding }) }, layers, head: { classes: V } })
  const { submits, dispatches } = await writing(network, Uint32Array.of(1), 256)
  if (fits) expect({ submits, dispatches }).toEqual({ submits: 2, dispatches: 2 })
  else {
    expect(submits).toBe(4)
    expect(dispatches).toBeGreaterThanOrEqual(2 * 256)
  }
  network.destroy()
})

/** What it takes to write so many characters after a prefix. */
async function writing(network: Network, prefix: Uint32Array, length: number): Promise<{ submits: number; dispatches: number }> {
  const writer = await Writer.create(network)
  reset()
  let written = 0
  for await (const { ids } of writer.write(prefix, { length })) written += ids.length
  expect(written).toBe(length)
  writer.destroy()
  return { submits: counts.submits, dispatches: counts.dispatches }
}
