// The steps of a layer: which kernels a cell dispatches, forward and backward, one step a dispatch or many.
import { cells, invocationsOf, type CellKernel, type ResidentKernel } from '../cells'
import type { View } from '../gpu/device'
import { contractOf, type BindingName, type KernelName, type UniformField } from '../gpu/kernels'
import { isGrid, isPersistent, mostWorkgroups, rowsOf, type Plan } from '../gpu/plan'
import { biasPlace, hasPeepholes, orZeros, parameterOf, type LayerContext } from './context'
import { tileRows } from './products'
import { countOf, type Part, type Steps } from './segments'

/** Seconds that a dispatch should stay under: operating systems end the GPU process after two, and a page that shows
 * something wants to be served between. */
export const longest = 0.05

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
  return { whole: plan.startsWith('whole') || plan.startsWith('fused'), split: plan.startsWith('split') ? split : 1, rows: rowsOf(plan) }
}

/** Whether stacks of layers are made on the diagonal over layer and step. */
export const isDiagonal = ({ tuning }: Plan): boolean => tuning.plan.startsWith('diagonal')

/** Floating-point operations of a step of a layer, of its product with U, for so many rows. */
const stepFlops = ({ cell, H4 }: LayerContext, rows: number): number => 2 * rows * cells[cell].gates.length * (4 * H4) ** 2

/** The same; null, too, if its cell has no kernels that hold it. */
export const heldBy = (ctx: LayerContext): Held | null => (cells[ctx.cell].resident ? heldColumns(ctx) : null)

/** How U of a layer is held under a plan; null if it is not. */
const holding = (plan: Plan, ctx: LayerContext): Held | null => (isPersistent(plan.tuning) ? heldBy(ctx) : null)

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

/** Workgroups that make rows one after the other: one for each tile, or fewer where there may not be as many, and none without a row. */
const workgroupsOfRows = (B: number, tiles: number): number => Math.ceil(B / Math.ceil(B / Math.min(tiles, mostWorkgroups)))

/** The kernels of the cells: a cell without its two does not compile. */
type StepKernel<Direction extends keyof Held = keyof Held> = `cell/${CellKernel}_${Direction}`
type Bindings<K> = K extends KernelName ? BindingName<K> : never
/** Everything that such a kernel may bind: one that binds anything else does not compile. Null: this layer has it not. */
type LayerViews = Readonly<Record<Bindings<StepKernel>, View | null>>

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

/** What a dispatch of steps is given beside its layer. */
interface StepDispatch {
  readonly direction: keyof Held
  readonly views: LayerViews
  readonly constants: Readonly<Record<string, boolean>>
}

interface GridDispatch {
  readonly direction: keyof Held
  readonly bindings: ReturnType<typeof bindingsOf>
  readonly size: Readonly<Record<UniformField<StepKernel>, number>>
  readonly constants: Readonly<Record<string, boolean>>
}

/** Dispatches steps s … s + n − 1: all of them at once, or each pass of the one there is. */
function dispatchSteps(plan: Plan, ctx: LayerContext, run: Run, { direction, views, constants: own }: StepDispatch): void {
  const { T, B, D, H4, stack } = ctx
  const { s, n, segment, layer = 0, count: layers } = run
  const { layers: height, apart, W, thinned } = stack ?? { layers: 1, apart: 0, W: 0, thinned: null }
  const { whole, split, rows } = shapeOf(plan)
  const { blocks, tiles, ragged } = tileRows(B, rows)
  const cell = cells[ctx.cell]
  const label = labelOf(ctx, direction, run)
  const kernel: StepKernel = `cell/${cell.kernel}_${direction}`
  const bindings = bindingsOf(kernel, views)
  const constants = { ...own, ...cell.constants, ...(cell.peepholes && { peepholes: hasPeepholes(ctx) }) }
  const size = { T, B, D, H4, s, n, ...segment, layer, layers: height, apart, W, b: biasPlace(ctx), thinned: thinned ?? 0 }
  const held = holding(plan, ctx)?.[direction]
  if (held)
    return plan.dispatch(label, `cell/${cell.kernel as ResidentKernel}_${direction}_persistent`, {
      bindings, size, grid: [1, workgroupsOfRows(B, tiles), D], width: held.invocations * held.parts,
      constants: { ...constants, columns: held.columns, held4: held.terms4, parts: held.parts, hidden4: H4 },
    })
  if (isGrid(plan.tuning)) return dispatchGrid(plan, ctx, label, { direction, bindings, size, constants })
  const invocations = cell[direction].map((pass) => invocationsOf(pass, H4))
  const most = Math.max(...invocations)
  const { wholeWidth, splitWidth } = plan.tuning
  const width = whole ? Math.min(wholeWidth, Math.ceil(most / 4) * 4) : split > 1 ? split * splitWidth : undefined
  invocations.forEach((count, phase) => {
    if (whole && phase > 0) return
    plan.dispatch(label, kernel, {
      bindings, size,
      // Of a split workgroup only one part counts as invocations of the tile.
      grid: [whole ? 1 : count * split, tiles, layers ?? D],
      constants: { ...constants, blocks, ragged, whole, phase, ...(stack && { stacked: true, thins: thinned !== null }), ...(split > 1 && { split }) },
      ...(width !== undefined && { width }),
    })
  })
}

/** The phases of a step on a GPU: blocks of four columns for four units, and terms of a sum, in vec4f. */
function gridPhases({ cell, G, H4 }: LayerContext, direction: keyof Held): { columns: number; terms4: number }[] {
  const { recurrent } = cells[cell]
  const [first, second] = recurrent
  const phases = second?.state === 'saved' ? [first.count, second.count] : [G]
  return phases.map((gates) => (direction === 'forward' ? { columns: gates, terms4: H4 } : { columns: 1, terms4: gates * H4 }))
}

/** Rows that an invocation makes at most: eight would spill on Intel. */
const mostRowsEach = 4

/** What a workgroup of a GPU has: invocations, and vec4f of workgroup memory. */
const workgroup = { invocations: 128, fused: 256, memory: 1024 }

/** Steps by the kernels made for GPUs. Per step, a workgroup makes all gates of eight units of its rows, with the terms dealt to as
 * many parts as it has room for; fused, of as many units as it can at a time. */
function dispatchGrid(plan: Plan, ctx: LayerContext, label: string, { direction, bindings, size, constants }: GridDispatch): void {
  const { B, D, H4, cell } = ctx
  const fused = plan.tuning.plan.startsWith('fused')
  const rows = Math.min(rowsOf(plan.tuning.plan), 2 ** Math.ceil(Math.log2(B)))
  const rows_each = Math.min(rows, mostRowsEach)
  const phases = gridPhases(ctx, direction)
  const tiles = Math.ceil(B / rows)
  const kernel = `cell/${cells[cell].kernel}_${direction}_grid` as const
  const dispatch = (phase: number, blocks: number, terms4: number, most: number) => {
    const units = Math.max(1, Math.min(H4, fused ? Math.floor(most / blocks) : 2))
    const columns = units * blocks
    const groups = rows / rows_each
    const parts = Math.max(1, Math.min(Math.floor(Math.min(most, workgroup.memory / rows_each) / (columns * groups)), terms4))
    const width = columns * groups * parts
    const ragged = H4 % parts !== 0 // every sum has some times H4 of four terms
    plan.dispatch(label, kernel, {
      bindings, size, grid: [fused ? 1 : Math.ceil(H4 / units) * width, tiles, D], width,
      constants: { ...constants, columns, parts, rows_each, ragged, fused, phase },
    })
  }
  if (fused) dispatch(0, Math.max(...phases.map(({ columns }) => columns)), Math.min(...phases.map(({ terms4 }) => terms4)), Math.min(workgroup.fused, workgroup.memory / rows_each))
  else phases.forEach(({ columns, terms4 }, phase) => dispatch(phase, columns, terms4, workgroup.invocations))
}

/** The views that a kernel binds, by their names. */
function bindingsOf(kernel: StepKernel, views: LayerViews): Record<BindingName<StepKernel> & keyof LayerViews, View> {
  const names = Object.keys(contractOf(kernel).bindings) as (keyof LayerViews)[]
  return Object.fromEntries(names.map((name) => {
    const view = views[name]
    if (!view) throw new Error(`${kernel} binds ${name}, which its cell has not: see src/cells`)
    return [name, view]
  })) as Record<BindingName<StepKernel> & keyof LayerViews, View>
}

export function stepsForward(plan: Plan, ctx: LayerContext, { first, end, segment }: Part): void {
  const { stack } = ctx
  if (stack) return plan.repeat(diagonals(stack.layers, { first, end }), (i) => stepForward(plan, ctx, diagonal(stack.layers, { first, end, segment }, i)))
  const most = stepsPerDispatch(plan, ctx)
  plan.repeat(Math.ceil((end - first) / most), (i) => {
    const s = first + i * most
    stepForward(plan, ctx, { s, n: Math.min(most, end - s), segment })
  })
}

/** The steps of a segment, from the last to the first. */
export function stepsBackward(plan: Plan, ctx: LayerContext, segment: Steps): void {
  const { stack } = ctx
  if (stack) {
    const count = diagonals(stack.layers, segment)
    return plan.repeat(count, (i) => stepBackward(plan, ctx, diagonal(stack.layers, { ...segment, segment }, count - 1 - i)))
  }
  const most = stepsPerDispatch(plan, ctx)
  plan.repeat(Math.ceil(countOf(segment) / most), (i) => {
    const s = segment.end - 1 - i * most
    stepBackward(plan, ctx, { s, n: Math.min(most, s - segment.first + 1), segment })
  })
}

/** How many diagonals a stack has over some steps. */
const diagonals = (layers: number, steps: Steps): number => countOf(steps) + layers - 1

/** The i-th of them: on the diagonal s, layer l makes step s − l. What that needs, of the layer itself and of its neighbour, is
 * of the diagonal before. */
function diagonal(layers: number, { first, end, segment }: Part, i: number): Run {
  const layer = Math.max(0, i - (end - first) + 1)
  return { s: first + i, n: 1, segment, layer, count: Math.min(layers - 1, i) - layer + 1 }
}

const labelOf = ({ name, stack }: LayerContext, direction: keyof Held, { s, n }: Run) =>
  stack ? `${name} and ${stack.layers - 1} above ${direction} diagonal ${s}` : `${name} ${direction} s=${s}${n > 1 ? ` and ${n - 1} more` : ''}`

/** Everything of a layer that a step may read or write. Backward only the states before it are read of the input's side. */
function viewsOf(ctx: LayerContext): LayerViews {
  const { memory: { gates, saved, h, c, dy, dh, dc }, lengths, ids } = ctx
  return { lengths, ids, W: parameterOf(ctx, 'W'), U: parameterOf(ctx, 'U'), bn: orZeros(ctx, 'bn'), p: orZeros(ctx, 'p'), gates, saved, h, c, dy, dh, dc }
}

function stepForward(plan: Plan, ctx: LayerContext, run: Run): void {
  dispatchSteps(plan, ctx, run, { direction: 'forward', views: viewsOf(ctx), constants: { looks_up: ctx.looksUp } })
}

/** Steps s, s − 1, … s − n + 1. */
function stepBackward(plan: Plan, ctx: LayerContext, run: Run): void {
  dispatchSteps(plan, ctx, run, { direction: 'backward', views: viewsOf(ctx), constants: { keep: ctx.keep } })
}
