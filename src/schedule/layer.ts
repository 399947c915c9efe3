// The dispatches of a recurrent layer. Forward: x W + b for all steps of a segment in one product, unless the steps look it up;
// then the steps in order. Backward: the steps in reverse, then the gradients of weights and input, one product each.
import { cells, type RecurrentProduct } from '../cells'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { backwardsOf, hasPeepholes, orZeros, type LayerContext } from './context'
import { lookUpBackward } from './lookup'
import { mergeBackward, mergeForward } from './merge'
import { projectedBackward, projectedForward, projectionGradient } from './projection'
import { columnSums, product, type Matrix } from './products'
import { drawMasks, drawMasksBackward, dropInput, dropInputGradient, droppedInput, maskedStateGradient, maskLeft } from './sequence-dropout'
import { columnsOf, countOf, eachSegment, type SegmentSteps, type Steps } from './segments'
import { stepsBackward, stepsForward } from './steps'

/** The ids of the batch, sorted, or vectors [T, B, I] as a matrix whose first row is that of time 0. */
export type LayerInput = { readonly starts: View; readonly positions: View; readonly V: number } | DenseInput
interface DenseInput {
  readonly x: Matrix
  readonly I4: number
}

/** gates = x W + b for steps of a segment. */
function inputForward(plan: Plan, ctx: LayerContext, { x, I4 }: DenseInput, steps: SegmentSteps): void {
  const { name, B, D, G, H4, parameters, memory } = ctx
  const stride = D * G * H4
  // One matrix a direction: so a sum is the same to the bit, whether both directions are at the same times or not.
  const z = G * H4
  columnsOf(ctx, steps).forEach(({ offset4, width4, time, slot }, d) =>
    product(plan, `${name} x W`, {
      a: ctx.drops?.input
        ? dropInput(plan, ctx, d, x, { from: time * B, to: slot * B, rows: countOf(steps) * B })
        : { ...x, offset4: (x.offset4 ?? 0) + time * B * x.stride },
      b: { view: parameters.value(`${name}.W`), offset4, stride, z },
      bias: { view: orZeros(ctx, 'b'), offset4, z },
      c: { view: memory.gates, offset4: slot * B * stride + offset4, stride, z },
      M: countOf(steps) * B,
      N4: z,
      K: 4 * I4,
      Z: width4 / z,
    }),
  )
}

/** The layer over `steps`, segment by segment. */
export function layerForward(plan: Plan, ctx: LayerContext, input: LayerInput, steps: Steps): void {
  drawMasks(plan, ctx)
  segmentsForward(plan, ctx, input, steps)
  if (ctx.memory.merged) mergeForward(plan, ctx, 'steps', ctx.memory.merged)
}

function segmentsForward(plan: Plan, ctx: LayerContext, input: LayerInput, steps: Steps): void {
  eachSegment(plan, ctx, steps, (within) => {
    if ('x' in input) inputForward(plan, ctx, input, within)
    if (ctx.projects) projectedForward(plan, ctx, within)
    else stepsForward(plan, ctx, within)
  })
}

/** The operand of a recurrent product, and the gradient of its result, in a segment. */
interface RecurrentOperands extends RecurrentProduct {
  readonly left: Matrix
  readonly gates: Matrix
}

/** The recurrent products of the cell with their operands in a segment. */
function recurrentOperands({ cell, T, B, D, G, H4, P4, backwards, memory }: LayerContext, { first, end }: Steps): RecurrentOperands[] {
  const slot = B * D * P4
  // At time t a direction that reads forwards multiplied slot t, from `first` on; one that reads backwards slot t + 2, from T − end + 2 on.
  const back = T - end + 2
  const before: Matrix = { view: memory.h, offset4: (backwards ? back : first) * slot, stride: D * P4, z: (back - first) * slot + P4 }
  const saved: Matrix = { view: memory.saved ?? memory.h, stride: D * H4, z: H4 }
  return cells[cell].recurrent.flatMap((product) =>
    product
      ? [
          {
            ...product,
            left: product.state === 'h' ? before : saved,
            gates: product.gradient === 'saved' ? saved : { view: memory.gates, offset4: product.first * H4, stride: D * G * H4, z: G * H4 },
          },
        ]
      : [],
  )
}

export interface BackwardOptions {
  /** Where the gradient of the input goes, [T, B, I]; null: not wanted. */
  readonly dx: Matrix | null
  /** Whether that is added to what is there. */
  readonly add: boolean
  /** Whether `dh` (and `dc`) shall end as the gradient of the initial state. */
  readonly initial: boolean
}

/** Backward through time: `dy`, or `dmerged`, is the gradient of the outputs, `dh` and `dc` that of the final states. It goes segment by segment from
 * the last, whose gates are still in memory; it computes those of the others again. A segment passes the gradient of the state
 * before it on in `dh` and `dc`. */
export function layerBackward(plan: Plan, ctx: LayerContext, input: LayerInput, { dx, add, initial }: BackwardOptions): void {
  const { T, D, S } = ctx
  drawMasksBackward(plan, ctx)
  if (ctx.memory.dmerged) mergeBackward(plan, ctx, 'steps', ctx.memory.dmerged)
  // Two directions come to a time in different segments, and add.
  const adds = add || (D === 2 && S < T)
  if (dx && adds && !add) plan.clear(`${ctx.name} dx`, dx.view)
  eachSegment(
    plan,
    ctx,
    { first: 0, end: T },
    ({ segment }) => {
      const later = segment.end < T
      if (later) segmentsForward(plan, ctx, input, segment)
      if (ctx.projects) projectedBackward(plan, ctx, segment, (s) => stateGradient(plan, ctx, segment, s))
      else stepsBackward(plan, ctx, segment)
      recurrentGradients(plan, ctx, segment, later)
      inputGradients(plan, ctx, input, segment, { dx, adds, later })
      if (segment.first > 0 || initial) stateGradient(plan, ctx, segment, segment.first)
    },
    true,
  )
  if (!('x' in input)) biasGradient(plan, ctx, input.V)
}

/** dU, dR, dp and db'_n of a segment; with `add`, added to those of the segments before. */
function recurrentGradients(plan: Plan, ctx: LayerContext, segment: Steps, add: boolean): void {
  const { name, T, B, D, G, H4, P4, parameters, memory, scratch } = ctx
  const bn = parameters.has(`${name}.bn`) ? { view: parameters.gradient(`${name}.bn`), z: H4 } : null
  for (const { name: gate, left, gates, first, count, gradient } of recurrentOperands(ctx, segment))
    product(plan, `${name} dU ${gate}`.trim(), {
      a: ctx.drops?.state ? maskLeft(plan, ctx, left, countOf(segment)) : left,
      b: gates,
      c: { view: parameters.gradient(`${name}.U`), offset4: first * H4, stride: G * H4, z: 4 * P4 * G * H4 },
      M: 4 * P4,
      N4: count * H4,
      K: countOf(segment) * B,
      Z: D,
      a_transposed: true,
      sums: { to: gradient === 'saved' ? bn : null, unused: scratch },
      add,
    })
  if (ctx.projects) projectionGradient(plan, ctx, segment, add)
  if (hasPeepholes(ctx))
    plan.dispatch(`${name} dp`, 'layer/peephole_gradient', {
      bindings: { gates: memory.gates, c: memory.c!, dp: parameters.gradient(`${name}.p`) },
      size: { T, B, D, H4, ...segment, add: Number(add) },
      grid: [3 * H4, 1, D],
      constants: backwardsOf(ctx),
    })
}

/** dW, db and dx of a segment. With `later`, dW and db are added to those of the segments before; with `adds`, dx to what is in it. */
function inputGradients(
  plan: Plan,
  ctx: LayerContext,
  input: LayerInput,
  segment: Steps,
  { dx, adds, later: add }: { dx: Matrix | null; adds: boolean; later: boolean },
): void {
  const { name, B, D, G, H4, parameters, memory, scratch } = ctx
  const stride = D * G * H4
  const K = countOf(segment) * B
  const b = parameters.has(`${name}.b`) ? { view: parameters.gradient(`${name}.b`) } : null
  const dW = parameters.gradient(`${name}.W`)
  columnsOf(ctx, { ...segment, segment }).forEach(({ offset4, width4, time }, d) => {
    const dgates: Matrix = { view: memory.gates, offset4, stride }
    if (!('x' in input)) {
      const { starts, positions, V } = input
      lookUpBackward(plan, `${name} dW`, { starts, positions, dout: memory.gates, dtable: dW, V, first: time * B, count: K, stride, offset4, width4, add })
      return
    }
    const first = time * B
    const drops = ctx.drops?.input
    const x: Matrix = drops ? droppedInput(ctx, d) : { ...input.x, offset4: (input.x.offset4 ?? 0) + first * input.x.stride }
    product(plan, `${name} dW`, {
      a: x,
      b: dgates,
      c: { view: dW, offset4, stride },
      M: 4 * input.I4,
      N4: width4,
      K,
      a_transposed: true,
      sums: { to: b && { ...b, offset4 }, unused: scratch },
      add,
    })
    if (!dx) return
    product(plan, `${name} dx`, {
      a: dgates,
      b: { view: parameters.value(`${name}.W`), offset4, stride },
      c: drops ? x : { ...dx, offset4: (dx.offset4 ?? 0) + first * dx.stride },
      M: K,
      N4: input.I4,
      K: 4 * width4,
      b_transposed: true,
      add: adds && !drops,
    })
    if (drops) dropInputGradient(plan, ctx, d, dx, { first, rows: K, adds: adds || d > 0 })
  })
}

/** db of a layer that looks its input up: each gate gradient is in one row of dW, so db is the sum of its rows. */
function biasGradient(plan: Plan, { name, D, G, H4, parameters, scratch }: LayerContext, V: number): void {
  if (!parameters.has(`${name}.b`)) return
  const stride = D * G * H4
  const [dW, db] = [`${name}.W`, `${name}.b`].map((tensor) => parameters.gradient(tensor))
  const view = parameters.gradients
  const offset4Of = ({ offset }: View) => (offset - view.offset) / 16
  columnSums(plan, `${name} db`, { b: { view, offset4: offset4Of(dW!), stride }, K: V, N4: stride, sums: { view, offset4: offset4Of(db!) }, unused: scratch })
}

/** dh += dgates(step s of the segment) Uᵀ: that makes it the gradient of the state before the step. */
function stateGradient(plan: Plan, ctx: LayerContext, segment: Steps, s: number): void {
  const { name, B, D, G, H4, P4, backwards, parameters, memory, drops } = ctx
  // The gradient of a masked state has yet to pass the mask: it does not go into dh at once.
  const to = drops?.state ? drops.state.left! : memory.dh!
  let add = !drops?.state
  for (const { name: gate, gates, first, count, state } of recurrentOperands(ctx, segment)) {
    if (state === 'saved') continue // this gradient has passed within the step already
    // The slot of the step in the segment, counted from the last one where a direction reads backwards.
    const [ahead, back] = [s - segment.first, segment.end - 1 - s].map((slot) => slot * B * gates.stride) as [number, number]
    product(plan, `${name} dh${s} ${gate}`.trim(), {
      a: { ...gates, offset4: (gates.offset4 ?? 0) + (backwards ? back : ahead), z: back - ahead + (gates.z ?? 0) },
      b: { view: parameters.value(`${name}.U`), offset4: first * H4, stride: G * H4, z: 4 * P4 * G * H4 },
      c: { view: to, stride: D * P4, z: P4 },
      M: B,
      N4: P4,
      K: 4 * count * H4,
      Z: D,
      b_transposed: true,
      add,
    })
    add = true
  }
  if (drops?.state) maskedStateGradient(plan, ctx)
}
