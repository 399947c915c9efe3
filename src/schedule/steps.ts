// The steps of a layer: which kernels a cell dispatches at one step, forward and backward.
import type { Plan } from '../gpu/plan'
import { hasPeepholes, orZeros, type LayerContext } from './context'
import { tileRows } from './products'

/** Steps s0 … s1 − 1, counted in the direction of reading. */
export function stepsForward(plan: Plan, ctx: LayerContext, s0: number, s1: number): void {
  for (let s = s0; s < s1; s++) stepForward(plan, ctx, s)
}

/** The grid of a step kernel that has `invocations` of them for 8 hidden units. */
function stepShape({ T, B, D, H4 }: LayerContext, s: number, invocations: 1 | 2 | 4) {
  const { blocks, tiles } = tileRows(B)
  return {
    size: { T, B, D, H4, s },
    grid: [invocations === 2 ? H4 : invocations * Math.ceil(H4 / 2), tiles, D] as const,
    constants: { blocks },
  }
}

function stepForward(plan: Plan, ctx: LayerContext, s: number): void {
  const { name, cell, parameters, memory, lengths } = ctx
  const { gates, h } = memory
  const U = parameters.value(`${name}.U`)
  const label = `${name} forward s=${s}`
  const [c, saved] = [memory.c!, memory.saved!]
  switch (cell) {
    case 'rnn':
    case 'rnn-relu': {
      const shape = stepShape(ctx, s, 1)
      plan.dispatch(label, 'cell/rnn_forward', { ...shape, constants: { ...shape.constants, relu: cell === 'rnn-relu' }, bindings: { lengths, U, gates, h } })
      break
    }
    case 'lstm': {
      const shape = stepShape(ctx, s, 4)
      plan.dispatch(label, 'cell/lstm_forward', { ...shape, constants: { ...shape.constants, peepholes: hasPeepholes(ctx) }, bindings: { lengths, U, gates, h, c, p: orZeros(ctx, 'p') } })
      break
    }
    case 'gru-reset-after':
      plan.dispatch(label, 'cell/gru_reset_after_forward', { ...stepShape(ctx, s, 4), bindings: { lengths, U, bn: orZeros(ctx, 'bn'), gates, saved, h } })
      break
    case 'gru':
      plan.dispatch(label, 'cell/gru_gates_forward', { ...stepShape(ctx, s, 2), bindings: { lengths, U, gates, saved, h } })
      plan.dispatch(label, 'cell/gru_candidate_forward', { ...stepShape(ctx, s, 1), bindings: { lengths, U, gates, saved, h } })
  }
}

/** Step s backward; steps are dispatched from the last to the first. */
export function stepBackward(plan: Plan, ctx: LayerContext, s: number): void {
  const { name, cell, parameters, memory, lengths } = ctx
  const { gates, h } = memory
  const U = parameters.value(`${name}.U`)
  const label = `${name} backward s=${s}`
  const [c, saved, dy, dh, dc] = [memory.c!, memory.saved!, memory.dy!, memory.dh!, memory.dc!]
  const { constants, ...at } = stepShape(ctx, s, 1)
  const shape = { ...at, constants: { ...constants, keep: ctx.keep } }
  switch (cell) {
    case 'rnn':
    case 'rnn-relu':
      plan.dispatch(label, 'cell/rnn_backward', { ...shape, constants: { ...shape.constants, relu: cell === 'rnn-relu' }, bindings: { lengths, U, gates, h, dy, dh } })
      break
    case 'lstm':
      plan.dispatch(label, 'cell/lstm_backward', { ...shape, constants: { ...shape.constants, peepholes: hasPeepholes(ctx) }, bindings: { lengths, U, gates, c, dy, dh, dc, p: orZeros(ctx, 'p') } })
      break
    case 'gru-reset-after':
      plan.dispatch(label, 'cell/gru_reset_after_backward', { ...shape, bindings: { lengths, U, gates, saved, h, dy, dh } })
      break
    case 'gru':
      plan.dispatch(label, 'cell/gru_candidate_backward', { ...shape, bindings: { lengths, U, gates, h, dy, dh } })
      plan.dispatch(label, 'cell/gru_gates_backward', { ...shape, bindings: { lengths, U, gates, h, dh } })
  }
}
