// The two directions of a layer become one: their states are added up, averaged or multiplied, unit by unit.
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { LayerContext } from './context'

/** The sizes of a merge over the steps, or of the final states, and the constants of its kernels. */
function shapeOf({ T, B, P4, merge }: LayerContext, of: 'steps' | 'final') {
  const n4 = (of === 'steps' ? T : 1) * B * P4
  const stride = Math.min(Math.ceil(n4 / 64), 4096) * 64
  const slot = 2 * B * P4
  // After step t the states are in slot t + 1. Direction 1 ends in slot 1.
  const size = { n4, stride, H4: P4, first: of === 'steps' ? slot : T * slot, second: slot + P4 }
  return { size, grid: [stride, 1, 1] as const, constants: { product: merge === 'product', factor: merge === 'mean' ? 0.5 : 1 } }
}

/** out [T, B, H] or [B, H] = the states after each step, or the final ones, merged. */
export function mergeForward(plan: Plan, ctx: LayerContext, of: 'steps' | 'final', out: View): void {
  plan.dispatch(`${ctx.name} merges ${of === 'steps' ? 'its directions' : 'final states'}`, 'layer/merge', {
    ...shapeOf(ctx, of),
    bindings: { h: ctx.memory.h, out },
  })
}

/** From the gradient of that to the gradient of the states: `dy` [T, B, 2, H]; of the final ones it is added to `dh` [B, 2, H]. */
export function mergeBackward(plan: Plan, ctx: LayerContext, of: 'steps' | 'final', dout: View): void {
  const { constants, ...shape } = shapeOf(ctx, of)
  const { h, dy, dh } = ctx.memory
  plan.dispatch(`${ctx.name} gradient of merged ${of === 'steps' ? 'directions' : 'final states'}`, 'layer/merge_gradient', {
    ...shape,
    bindings: { h, dout, dh: of === 'steps' ? dy! : dh! },
    constants: { ...constants, adds: of === 'final' },
  })
}
