// The steps of a layer, forward and backward: how many one dispatch computes, and the operands of its kernel.
import { cells } from '../cells'
import type { View } from '../gpu/view'
import { contractOf, type BindingName, type KernelName } from '../gpu/kernels'
import type { Plan } from '../gpu/plan'
import { backwardsOf, biasOffset4, hasPeepholes, orZeros, parameterOf, type LayerContext } from './context'
import { implementationOf } from './implementation'
import { tilesOf } from './products'
import { withMask } from './sequence-dropout'
import { countOf, type SegmentSteps, type Steps } from './segments'

/** Seconds that a dispatch should stay under: operating systems end the GPU process after two, and a page that shows
 * something wants to be served between. */
export const maxDispatchSeconds = 0.05

export type Direction = 'forward' | 'backward'

/** Steps of one dispatch, or of one for each product of a step. */
export interface StepRun {
  readonly direction: Direction
  readonly label: string
  /** The first step, counted in the direction of reading, and how many from there; backward they go down. */
  readonly s: number
  readonly n: number
  /** What every kernel of steps is told. */
  readonly size: Readonly<Record<'T' | 'B' | 'D' | 'H4' | 's' | 'n' | 'first' | 'end' | 'b', number>>
  readonly constants: Readonly<Record<string, boolean | number>>
  /** The views that a kernel binds, by their names. */
  bindings<K extends KernelName>(kernel: K): Readonly<Record<BindingName<K>, View>>
}

/** Floating-point operations of a step of a layer, of its product with U, for so many rows. */
const stepFlops = ({ cell, H4 }: LayerContext, rows: number): number => 2 * rows * cells[cell].gates.length * (4 * H4) ** 2

/** How many steps of a layer one dispatch computes. */
export function stepsPerDispatch(plan: Plan, ctx: LayerContext): number {
  const fusion = implementationOf(plan.tuning.strategy).fusion(plan, ctx)
  if (!fusion) return 1
  // Workgroups that find no core wait for others.
  const waves = Math.ceil((fusion.workgroups * ctx.D) / plan.tuning.cores)
  const most = Math.max(1, Math.floor((maxDispatchSeconds * plan.tuning.workgroupRate * fusion.rate) / (waves * stepFlops(ctx, fusion.rows))))
  // As even as it goes: each dispatch loads U anew.
  return Math.ceil(ctx.T / Math.ceil(ctx.T / most))
}

/** Of a strategy whose workgroup has rows of its own. */
export function fusionByRows({ tuning: { strategy } }: Plan, { B }: LayerContext, rate = 1): { rows: number; workgroups: number; rate: number } {
  const { height, tiles } = tilesOf(B, strategy.rows)
  return { rows: height, workgroups: tiles, rate }
}

export function stepsForward(plan: Plan, ctx: LayerContext, { first, end, segment }: SegmentSteps): void {
  const most = stepsPerDispatch(plan, ctx)
  plan.repeat(Math.ceil((end - first) / most), (i) => {
    const s = first + i * most
    dispatchSteps(plan, ctx, 'forward', { s, n: Math.min(most, end - s), segment })
  })
}

/** The steps of a segment, from the last to the first. */
export function stepsBackward(plan: Plan, ctx: LayerContext, segment: Steps): void {
  const most = stepsPerDispatch(plan, ctx)
  plan.repeat(Math.ceil(countOf(segment) / most), (i) => {
    const s = segment.end - 1 - i * most
    dispatchSteps(plan, ctx, 'backward', { s, n: Math.min(most, s - segment.first + 1), segment })
  })
}

function dispatchSteps(plan: Plan, ctx: LayerContext, direction: Direction, { s, n, segment }: { s: number; n: number; segment: Steps }): void {
  const views = viewsOf(ctx)
  implementationOf(plan.tuning.strategy).steps(plan, ctx, {
    direction,
    s,
    n,
    label: `${ctx.name} ${direction} s=${s}${n > 1 ? ` and ${n - 1} more` : ''}`,
    ...stepOf(ctx, direction, { s, n, segment }),
    bindings: (kernel) => bindingsOf(kernel, views),
  })
}

/** What kernels of steps are told. */
export function stepOf(
  ctx: LayerContext,
  direction: Direction,
  { s, n, segment }: { s: number; n: number; segment: Steps },
): Pick<StepRun, 'size' | 'constants'> {
  const { T, B, D, H4 } = ctx
  const cell = cells[ctx.cell]
  return {
    size: { T, B, D, H4, s, n, ...segment, b: biasOffset4(ctx) },
    constants: {
      ...(direction === 'forward' ? { reads_ids: ctx.looksUp } : { trace: ctx.keep }),
      ...cell.constants,
      ...(cell.peepholes && { peepholes: hasPeepholes(ctx) }),
      ...backwardsOf(ctx),
      ...ctx.activations,
      ...(ctx.drops?.state && !ctx.projects && (direction === 'forward' ? { masks_state: true } : { masks_gradient: true })),
    },
  }
}

/** Everything of a layer that a step may read or write; null: the layer does not have it. */
type LayerViews = Readonly<Record<string, View | null>>

export function viewsOf(ctx: LayerContext): LayerViews {
  const {
    memory: { gates, saved, h, c, dy, dh, dc },
    lengths,
    ids,
  } = ctx
  const parameters = { W: parameterOf(ctx, 'W'), U: parameterOf(ctx, 'U'), bn: orZeros(ctx, 'bn'), p: orZeros(ctx, 'p') }
  return { lengths, ids, ...parameters, gates, saved, h: withMask(ctx, h), c, dy, dh: dh && withMask(ctx, dh), dc }
}

export function bindingsOf<K extends KernelName>(kernel: K, views: LayerViews): Record<BindingName<K>, View> {
  return Object.fromEntries(
    Object.keys(contractOf(kernel).bindings).map((name) => {
      const view = views[name]
      if (!view) throw new Error(`${kernel} binds ${name}, which its cell does not have: see src/cells`)
      return [name, view]
    }),
  ) as Record<BindingName<K>, View>
}
