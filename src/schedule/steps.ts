// The steps of a layer: which kernels a cell dispatches, forward and backward, one step a dispatch or many.
import { cells } from '../cells'
import type { BindingName, KernelName, Overrides, UniformField } from '../gpu/kernels'
import { isPersistent, rowsOf, type Plan } from '../gpu/plan'
import { biasPlace, hasPeepholes, orZeros, parameterOf, type LayerContext } from './context'
import { tileRows } from './products'
import type { Part, Steps } from './segments'

/** Seconds that a dispatch should stay under: operating systems end the GPU process after two, and a page that shows
 * something wants to be served between. */
const longest = 0.05

/** What a workgroup holds that makes a whole recurrence (shaders/lib/held.wgsl). */
interface Held {
  /** Of the kernels forward and backward: blocks of four columns, terms in fours, and invocations. */
  readonly forward: Columns
  readonly backward: Columns
}
interface Columns {
  readonly columns: number
  readonly terms4: number
  readonly invocations: number
  /** Parts that the terms are dealt to, each of so many terms and invocations. */
  readonly parts: number
}

/** What there is room for: vec4f that an invocation holds, and invocations of a workgroup. */
const room = { held: 1024, invocations: 256 }

/** How U of a layer can be held; null if it is too large. */
export function heldColumns({ H4, G }: Pick<LayerContext, 'H4' | 'G'>): Held | null {
  // Three blocks take the room of four.
  const fits = ({ columns, terms4, invocations, parts }: Columns) =>
    (columns === 3 ? 4 : columns) * 4 * terms4 <= room.held && invocations * parts <= room.invocations
  /** The first choice that fits, with as few parts as that takes. */
  const choose = (terms4: number, blocks: number, columns: readonly number[], parts: readonly number[]): Columns | undefined =>
    parts.flatMap((parts) => columns.map((columns) => ({ columns, terms4: terms4 / parts, invocations: 4 * Math.ceil(blocks / columns / 4), parts }))).find(fits)
  /** Of units, four blocks or two if there are lanes enough without. */
  const units = (terms4: number, parts: readonly number[]) =>
    choose(terms4, H4, [4, 2].filter((columns) => columns * 4 <= H4), parts) ?? choose(terms4, H4, [1], parts)
  // Sixteen terms are added at a time.
  const padded4 = 4 * Math.ceil(H4 / 4)
  // An LSTM's terms can be dealt: backward whole gates, forward halves of the units, if they are as many sixteens.
  const halves = G === 4 && H4 % 8 === 0 ? [1, 2] : [1]
  const forward = G === 1 ? units(padded4, [1]) : choose(padded4, G * H4, [G], halves)
  const backward = units(G * padded4, G === 4 ? [1, 2, 4] : [1])
  return forward && backward ? { forward, backward } : null
}

/** What a plan's name says. */
function shapeOf({ tuning: { plan, split } }: Plan): { whole: boolean; split: number; rows: number } {
  return { whole: plan.startsWith('whole'), split: plan.startsWith('split') ? split : 1, rows: rowsOf(plan) }
}

/** Whether stacks of layers are made on the diagonal over layer and step. */
export const isDiagonal = ({ tuning }: Plan): boolean => tuning.plan.startsWith('diagonal')

/** Floating-point operations of a step of a layer, of its product with U, for so many rows. */
const stepFlops = ({ cell, H4 }: LayerContext, rows: number): number => 2 * rows * cells[cell].gates.length * (4 * H4) ** 2

/** How U of a layer is held under a plan; null if it is not. */
const holding = (plan: Plan, ctx: LayerContext): Held | null => (isPersistent(plan.tuning) ? heldColumns(ctx) : null)

/** By how much a workgroup that holds U is faster than one that does not. */
const heldRate = 1.5

/** How many steps of a layer one dispatch makes. */
export function stepsPerDispatch(plan: Plan, ctx: LayerContext): number {
  const { whole, rows } = shapeOf(plan)
  const held = holding(plan, ctx) !== null
  if (!whole && !held) return 1
  const { height, tiles } = tileRows(ctx.B, rows)
  // Workgroups that find no core wait for others.
  const turns = Math.ceil((tiles * ctx.D) / plan.tuning.cores)
  const rate = plan.tuning.groupRate * (held ? heldRate : 1)
  const most = Math.max(1, Math.floor((longest * rate) / (turns * stepFlops(ctx, height))))
  // As even as it goes: each dispatch loads U anew.
  return Math.ceil(ctx.T / Math.ceil(ctx.T / most))
}

type StepKernel = Exclude<Extract<KernelName, `cell/${string}`>, `${string}_persistent`>

/** Which steps a dispatch makes. */
interface Run {
  /** The first, counted in the direction of reading; of a stack, the diagonal: the sum of layer and step. */
  readonly s: number
  /** How many from there. */
  readonly n: number
  readonly segment: Steps
  /** Of a stack, the first layer, and how many from there. */
  readonly layer?: number
  readonly count?: number
}

interface StepDispatch<K extends StepKernel> extends Run {
  readonly label: string
  readonly direction: keyof Held
  /** Invocations for a tile of rows in each phase: the kernel's `invocations`. */
  readonly invocations: readonly number[]
  readonly bindings: Readonly<Record<BindingName<K>, LayerContext['lengths']>>
  readonly constants?: Overrides<K>
}

/** Dispatches steps s … s + n − 1: all of them at once, or each phase of the one there is. */
function dispatchSteps<K extends StepKernel>(plan: Plan, ctx: LayerContext, kernel: K, { label, s, n, segment, direction, layer = 0, count: layers, invocations, bindings, constants }: StepDispatch<K>): void {
  const { T, B, D, H4, stack } = ctx
  const { layers: height, apart, W, thinned } = stack ?? { layers: 1, apart: 0, W: 0, thinned: null }
  const { whole, split, rows } = shapeOf(plan)
  const { blocks, tiles, ragged } = tileRows(B, rows)
  const size = { T, B, D, H4, s, n, ...segment, layer, layers: height, apart, W, b: biasPlace(ctx), thinned: thinned ?? 0 } as Record<UniformField<K>, number>
  const held = holding(plan, ctx)?.[direction]
  if (held)
    return plan.dispatch(label, `${kernel}_persistent` as K, {
      bindings, size, grid: [1, tiles, D], width: held.invocations * held.parts,
      constants: { ...constants, columns: held.columns, held4: held.terms4, parts: held.parts, hidden4: H4 } as object,
    })
  const most = Math.max(...invocations)
  const { wholeWidth, splitWidth } = plan.tuning
  const width = whole ? Math.min(wholeWidth, Math.ceil(most / 4) * 4) : split > 1 ? split * splitWidth : undefined
  invocations.forEach((count, phase) => {
    if (whole && phase > 0) return
    plan.dispatch(label, kernel, {
      bindings, size,
      // Of a split workgroup only one part counts as invocations of the tile.
      grid: [whole ? 1 : count * split, tiles, layers ?? D],
      constants: { ...constants, blocks, ragged, whole, phase, ...(stack && { stacked: true, thins: thinned !== null }), ...(split > 1 && { split }) } as Overrides<K>,
      ...(width !== undefined && { width }),
    })
  })
}

export function stepsForward(plan: Plan, ctx: LayerContext, { first, end, segment }: Part): void {
  if (ctx.stack) return diagonals(ctx.stack.layers, { first, end, segment }).forEach((run) => stepForward(plan, ctx, run))
  const most = stepsPerDispatch(plan, ctx)
  for (let s = first; s < end; s += most) stepForward(plan, ctx, { s, n: Math.min(most, end - s), segment })
}

/** The steps of a segment, from the last to the first. */
export function stepsBackward(plan: Plan, ctx: LayerContext, segment: Steps): void {
  if (ctx.stack) return diagonals(ctx.stack.layers, { ...segment, segment }).reverse().forEach((run) => stepBackward(plan, ctx, run))
  const most = stepsPerDispatch(plan, ctx)
  for (let s = segment.end - 1; s >= segment.first; s -= most) stepBackward(plan, ctx, { s, n: Math.min(most, s - segment.first + 1), segment })
}

/** The diagonals of a stack over some steps: on the diagonal s, layer l makes step s − l. What that needs, of the layer itself
 * and of its neighbour, is of the diagonal before. */
function diagonals(layers: number, { first, end, segment }: Part): Run[] {
  return Array.from({ length: end - first + layers - 1 }, (_, i) => {
    const layer = Math.max(0, i - (end - first) + 1)
    return { s: first + i, n: 1, segment, layer, count: Math.min(layers - 1, i) - layer + 1 }
  })
}

const labelOf = ({ name, stack }: LayerContext, direction: keyof Held, { s, n }: Run) =>
  stack ? `${name} and ${stack.layers - 1} above ${direction} diagonal ${s}` : `${name} ${direction} s=${s}${n > 1 ? ` and ${n - 1} more` : ''}`

function stepForward(plan: Plan, ctx: LayerContext, run: Run): void {
  const { cell, H4, memory, lengths, ids, looksUp } = ctx
  const { gates, h } = memory
  const [c, saved] = [memory.c!, memory.saved!]
  const pairs = Math.ceil(H4 / 2)
  const direction = 'forward'
  const at = { label: labelOf(ctx, direction, run), direction, ...run } as const
  const read = { lengths, ids, W: parameterOf(ctx, 'W'), U: parameterOf(ctx, 'U') }
  const constants = { looks_up: looksUp }
  switch (cell) {
    case 'rnn':
    case 'rnn-relu':
      return dispatchSteps(plan, ctx, 'cell/rnn_forward', { ...at, invocations: [pairs], constants: { ...constants, relu: cell === 'rnn-relu' }, bindings: { ...read, gates, h } })
    case 'lstm':
      return dispatchSteps(plan, ctx, 'cell/lstm_forward', { ...at, invocations: [4 * pairs], constants: { ...constants, peepholes: hasPeepholes(ctx) }, bindings: { ...read, gates, h, c, p: orZeros(ctx, 'p') } })
    case 'gru-reset-after':
      return dispatchSteps(plan, ctx, 'cell/gru_reset_after_forward', { ...at, invocations: [H4], constants, bindings: { ...read, bn: orZeros(ctx, 'bn'), gates, saved, h } })
    case 'gru':
      return dispatchSteps(plan, ctx, 'cell/gru_forward', { ...at, invocations: [H4, pairs], constants, bindings: { ...read, gates, saved, h } })
  }
}

/** Steps s, s − 1, … s − n + 1. */
function stepBackward(plan: Plan, ctx: LayerContext, run: Run): void {
  const { cell, H4, memory, lengths, keep } = ctx
  const { gates, h } = memory
  const U = parameterOf(ctx, 'U')
  const [c, saved, dy, dh, dc] = [memory.c!, memory.saved!, memory.dy!, memory.dh!, memory.dc!]
  const pairs = Math.ceil(H4 / 2)
  const direction = 'backward'
  const at = { label: labelOf(ctx, direction, run), direction, ...run, invocations: [pairs] } as const
  switch (cell) {
    case 'rnn':
    case 'rnn-relu':
      return dispatchSteps(plan, ctx, 'cell/rnn_backward', { ...at, constants: { keep, relu: cell === 'rnn-relu' }, bindings: { lengths, U, gates, h, dy, dh } })
    case 'lstm':
      return dispatchSteps(plan, ctx, 'cell/lstm_backward', { ...at, constants: { keep, peepholes: hasPeepholes(ctx) }, bindings: { lengths, U, gates, c, dy, dh, dc, p: orZeros(ctx, 'p') } })
    case 'gru-reset-after':
      return dispatchSteps(plan, ctx, 'cell/gru_reset_after_backward', { ...at, constants: { keep }, bindings: { lengths, U, gates, saved, h, dy, dh } })
    case 'gru':
      return dispatchSteps(plan, ctx, 'cell/gru_backward', { ...at, invocations: [pairs, pairs], constants: { keep }, bindings: { lengths, U, gates, h, dy, dh } })
  }
}
