// The steps of a layer that projects its state, h = m R: a step is a dispatch for each product, and one for what lies between them. No kernel makes
// several of its steps at once. P4 counts vec4f of h, as H4 does of m = o ⊙ tanh(c) and of c.
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { readsBackwards } from '../spec'
import { backwardsOf, orZeros, parameterOf, type LayerContext } from './context'
import { product, type Matrix } from './products'
import { countOf, type SegmentSteps, type Steps } from './segments'
import { maskLeft } from './sequence-dropout'
import { bindingsOf, stepOf, viewsOf, type Direction } from './steps'

/** The rows [B, D, width] of a tensor at a slot of its own in each direction. */
function rowsAt({ B, D }: LayerContext, view: View, width4: number, slot: (direction: number) => number): Matrix {
  const size = B * D * width4
  return { view, offset4: slot(0) * size, stride: D * width4, z: (slot(1) - slot(0)) * size + width4 }
}

/** The time of step s in a direction; and the slots of the state before it. */
const timeOf = (ctx: LayerContext, s: number, direction: number): number => (readsBackwards(ctx, direction) ? ctx.T - 1 - s : s)
const slotBefore = (ctx: LayerContext, s: number, direction: number): number =>
  readsBackwards(ctx, direction) ? timeOf(ctx, s, direction) + 2 : timeOf(ctx, s, direction)

/** The slots of what a step left behind, [T+2, …]: those of the first of these steps by time. */
const slotsAfter = (ctx: LayerContext, { first, end }: Steps, direction: number): number => (readsBackwards(ctx, direction) ? ctx.T - end : first) + 1

const R = (ctx: LayerContext): Matrix => ({ view: parameterOf(ctx, 'R'), stride: ctx.P4, z: 4 * ctx.H4 * ctx.P4 })

const label = (ctx: LayerContext, what: string, s: number): string => `${ctx.name} ${what} s=${s}`

/** The kernels of one step, beside the products. */
function dispatchStep(plan: Plan, ctx: LayerContext, direction: Direction, s: number, segment: Steps): void {
  const { B, D, H4, memory } = ctx
  const step = stepOf(ctx, direction, { s, n: 1, segment })
  const shape = { size: step.size, grid: [H4, B, D] as const }
  if (direction === 'forward')
    plan.dispatch(label(ctx, 'forward', s), 'cell/lstm_projected_forward', {
      ...shape,
      bindings: bindingsOf('cell/lstm_projected_forward', { ...viewsOf(ctx), h: memory.m }),
      constants: step.constants,
    })
  else
    plan.dispatch(label(ctx, 'backward', s), 'cell/lstm_projected_backward', {
      ...shape,
      bindings: bindingsOf('cell/lstm_projected_backward', { ...viewsOf(ctx), dh: memory.dm }),
      constants: { ...step.constants, trace: false, projected: true },
    })
}

/** Forward over `steps`: the gates from x W + b and h' U, then c and m, then h. */
export function projectedForward(plan: Plan, ctx: LayerContext, { first, end, segment }: SegmentSteps): void {
  const { name, T, B, D, G, H4, P4, memory, lengths, looksUp } = ctx
  plan.repeat(end - first, (i) => {
    const s = first + i
    const before = rowsAt(ctx, memory.h, P4, (d) => slotBefore(ctx, s, d))
    const inSegment = (d: number) => timeOf(ctx, s, d) - (readsBackwards(ctx, d) ? T - segment.end : segment.first)
    product(plan, label(ctx, 'h U', s), {
      a: ctx.drops?.state ? maskLeft(plan, ctx, before, 1) : before,
      b: { view: parameterOf(ctx, 'U'), stride: G * H4, z: 4 * P4 * G * H4 },
      c: rowsAt(ctx, memory.gates, G * H4, inSegment),
      M: B,
      N4: G * H4,
      K: 4 * P4,
      Z: D,
      // Where x W is looked up nothing is in the gates yet.
      ...(looksUp ? { bias: { view: orZeros(ctx, 'b'), z: ctx.parameters.has(`${name}.b`) ? G * H4 : 0 } } : { add: true }),
    })
    dispatchStep(plan, ctx, 'forward', s, segment)
    plan.dispatch(label(ctx, 'projection', s), 'layer/projection', {
      bindings: { lengths, m: memory.m!, R: R(ctx).view, h: memory.h },
      size: { T, B, D, H4, P4, s },
      grid: [P4, B, D],
      constants: backwardsOf(ctx),
    })
  })
}

/** Backward over a segment, from its last step to the first. `toState` adds to `dh` what a step gives to the state before it. */
export function projectedBackward(plan: Plan, ctx: LayerContext, segment: Steps, toState: (s: number) => void): void {
  const { T, B, D, H4, P4, memory, lengths } = ctx
  plan.repeat(countOf(segment), (i) => {
    const s = segment.end - 1 - i
    if (i > 0) toState(s + 1)
    plan.dispatch(label(ctx, 'gradient of the state', s), 'layer/projection_gradient', {
      bindings: { lengths, dy: memory.dy!, dh: memory.dh! },
      size: { T, B, D, H4, P4, s },
      grid: [P4, B, D],
      constants: backwardsOf(ctx),
    })
    product(plan, label(ctx, 'projection backward', s), {
      a: rowsAt(ctx, memory.dy!, P4, (d) => timeOf(ctx, s, d)),
      b: R(ctx),
      c: { view: memory.dm!, stride: D * H4, z: H4 },
      M: B,
      N4: H4,
      K: 4 * P4,
      Z: D,
      b_transposed: true,
    })
    dispatchStep(plan, ctx, 'backward', s, segment)
  })
}

/** dR of a segment: Σ mᵀ dh, over its steps and rows. */
export function projectionGradient(plan: Plan, ctx: LayerContext, segment: Steps, add: boolean): void {
  const { name, B, D, H4, P4, parameters, memory, scratch } = ctx
  product(plan, `${name} dR`, {
    a: rowsAt(ctx, memory.m!, H4, (d) => slotsAfter(ctx, segment, d)),
    b: rowsAt(ctx, memory.dy!, P4, (d) => slotsAfter(ctx, segment, d) - 1),
    c: { view: parameters.gradient(`${name}.R`), stride: P4, z: 4 * H4 * P4 },
    M: 4 * H4,
    N4: P4,
    K: countOf(segment) * B,
    Z: D,
    a_transposed: true,
    sums: { to: null, unused: scratch },
    add,
  })
}
