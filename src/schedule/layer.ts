// Who is dispatched when, for one recurrent layer: x W + b for all steps of a segment in one product, unless the steps look it
// up, then its steps in order; backwards its steps in reverse, then the gradients of weights and input for all of them in one
// product each.
import { cells, type RecurrentProduct } from '../cells'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { pad4 } from '../gpu/tensor'
import { directions, inputSize, type NetworkSpec } from '../spec'
import { hasPeepholes, orZeros, type LayerContext } from './context'
import { lookUpBackward } from './lookup'
import { columnSums, product, type Matrix } from './products'
import { columnsOf, countOf, eachPart, type Part, type Steps } from './segments'
import { stepsBackward, stepsForward } from './steps'

/** The ids of the batch, sorted, or vectors [T, B, I] as a matrix whose first row is that of time 0. */
export type LayerInput = { readonly starts: View; readonly positions: View; readonly V: number } | DenseInput
interface DenseInput {
  readonly x: Matrix
  readonly I4: number
}

/** Outputs of a layer as the matrix [T·B, D·H] that the next one reads. */
export const outputs = ({ B, D, H4, memory }: LayerContext): Matrix =>
  memory.thinned ? { view: memory.thinned, stride: D * H4 } : { view: memory.h, at: B * D * H4, stride: D * H4 }
/** The input size of layer `l` > 0 as it lies in memory, in vec4f. */
export const inputSize4 = (spec: NetworkSpec, l: number): number => {
  const below = spec.layers[l - 1]
  return below ? (directions(below) * pad4(below.hidden)) / 4 : pad4(inputSize(spec, l)) / 4
}

/** gates = x W + b for the steps of a part. */
function inputForward(plan: Plan, ctx: LayerContext, { x, I4 }: DenseInput, part: Part): void {
  const { name, B, D, G, H4, parameters, memory } = ctx
  const stride = D * G * H4
  // A matrix for each direction, so that a sum is made alike, to the bit, whether both are at the same times or not.
  const z = G * H4
  for (const { at, width4, time, place } of columnsOf(ctx, part))
    product(plan, `${name} x W`, {
      a: { ...x, at: (x.at ?? 0) + time * B * x.stride },
      b: { view: parameters.value(`${name}.W`), at, stride, z },
      bias: { view: orZeros(ctx, 'b'), at, z },
      c: { view: memory.gates, at: place * B * stride + at, stride, z },
      M: countOf(part) * B,
      N4: z,
      K: 4 * I4,
      Z: width4 / z,
    })
}

/** The layer over `steps`, segment by segment. */
export function layerForward(plan: Plan, ctx: LayerContext, input: LayerInput, steps: Steps): void {
  eachPart(plan, ctx, steps, (part) => {
    if ('x' in input) inputForward(plan, ctx, input, part)
    stepsForward(plan, ctx, part)
  })
}

export interface DropoutOptions {
  /** The layer's number. */
  readonly index: number
  readonly p: number
  readonly control: View
  readonly backward: boolean
}

/** The outputs of a layer, thinned, into `thinned`; or, backward, their gradient in `dy` thinned the same way. */
export function dropout(plan: Plan, { name, T, B, D, H4, memory }: LayerContext, { index, p, control, backward }: DropoutOptions): void {
  const n4 = T * B * D * H4
  const stride = Math.min(Math.ceil(n4 / 64), 4096) * 64
  // States and thinned outputs lie in one buffer, which can only be bound once.
  const { h, thinned, dy } = memory
  const both: View = { ...h, size: thinned!.offset + thinned!.size - h.offset }
  const at = { source_offset: B * D * H4, data_offset: (thinned!.offset - h.offset) / 16 }
  plan.dispatch(`${name} dropout${backward ? ' backward' : ''}`, 'layer/dropout', {
    bindings: { control, data: backward ? dy! : both },
    size: { n4, stride, layer: index, p, ...(backward ? { source_offset: 0, data_offset: 0 } : at) },
    grid: [stride, 1, 1],
    constants: { in_place: backward },
  })
}

/** An operand of a recurrent product, and the gradient of its result, for a segment. */
interface RecurrentPart extends RecurrentProduct {
  readonly left: Matrix
  readonly gates: Matrix
}

/** The recurrent products of the cell with their operands in a segment. */
function recurrentParts({ cell, T, B, D, G, H4, memory }: LayerContext, { first, end }: Steps): RecurrentPart[] {
  const slot = B * D * H4
  // Direction 0 at time t multiplied slot t, from `first` on, direction 1 slot t + 2, from T − end + 2 on.
  const before: Matrix = { view: memory.h, at: first * slot, stride: D * H4, z: (T - end + 2 - first) * slot + H4 }
  const saved: Matrix = { view: memory.saved ?? memory.h, stride: D * H4, z: H4 }
  return cells[cell].recurrent.flatMap((product) =>
    product
      ? [
          {
            ...product,
            left: product.state === 'h' ? before : saved,
            gates: product.gradient === 'saved' ? saved : { view: memory.gates, at: product.first * H4, stride: D * G * H4, z: G * H4 },
          },
        ]
      : [],
  )
}

export interface BackwardOptions {
  /** Where the gradient of the input goes, [T, B, I]; null: not wanted. */
  readonly dx: Matrix | null
  /** Whether `dh` (and `dc`) shall end as the gradient of the initial state. */
  readonly initial: boolean
}

/** Backward through time, with `dy` the gradient of the outputs and `dh`, `dc` that of the final states. Segment by segment
 * from the last, the gates of which are there still; those of the others are made again. What a segment gives to the
 * state before it goes by way of `dh` and `dc`, as the gradient of final states does. */
export function layerBackward(plan: Plan, ctx: LayerContext, input: LayerInput, { dx, initial }: BackwardOptions): void {
  const { T, D, S } = ctx
  // Two directions come to a time in different segments, and add.
  const adds = D === 2 && S < T
  if (dx && adds) plan.clear(`${ctx.name} dx`, dx.view)
  eachPart(
    plan,
    ctx,
    { first: 0, end: T },
    ({ segment }) => {
      const later = segment.end < T
      if (later) layerForward(plan, ctx, input, segment)
      stepsBackward(plan, ctx, segment)
      recurrentGradients(plan, ctx, segment, later)
      inputGradients(plan, ctx, input, segment, { dx, adds, later })
      if (segment.first > 0 || initial) stateGradient(plan, ctx, segment)
    },
    true,
  )
  if (!('x' in input)) biasGradient(plan, ctx, input.V)
}

/** dU, dp and db'_n, of a segment; where `add`, added to those of the segments before. */
function recurrentGradients(plan: Plan, ctx: LayerContext, segment: Steps, add: boolean): void {
  const { name, T, B, D, G, H4, parameters, memory, scratch } = ctx
  const bn = parameters.has(`${name}.bn`) ? { view: parameters.gradient(`${name}.bn`), z: H4 } : null
  for (const { name: gate, left, gates, first, count, gradient } of recurrentParts(ctx, segment))
    product(plan, `${name} dU ${gate}`.trim(), {
      a: left,
      b: gates,
      c: { view: parameters.gradient(`${name}.U`), at: first * H4, stride: G * H4, z: 4 * H4 * G * H4 },
      M: 4 * H4,
      N4: count * H4,
      K: countOf(segment) * B,
      Z: D,
      a_transposed: true,
      sums: { to: gradient === 'saved' ? bn : null, unused: scratch },
      add,
    })
  if (hasPeepholes(ctx))
    plan.dispatch(`${name} dp`, 'layer/peephole_gradient', {
      bindings: { gates: memory.gates, c: memory.c!, dp: parameters.gradient(`${name}.p`) },
      size: { T, B, D, H4, ...segment, add: Number(add) },
      grid: [3 * H4, 1, D],
    })
}

/** dW, db and dx of a segment; where `later`, the weights' are added to those of the segments before, and where `adds`, dx to
 * what is in it. */
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
  for (const { at, width4, time } of columnsOf(ctx, { ...segment, segment })) {
    const dgates: Matrix = { view: memory.gates, at, stride }
    if (!('x' in input)) {
      const { starts, positions, V } = input
      lookUpBackward(plan, `${name} dW`, { starts, positions, dout: memory.gates, dtable: dW, V, first: time * B, count: K, stride, at, width4, add })
      continue
    }
    const x = { ...input.x, at: (input.x.at ?? 0) + time * B * input.x.stride }
    product(plan, `${name} dW`, {
      a: x,
      b: dgates,
      c: { view: dW, at, stride },
      M: 4 * input.I4,
      N4: width4,
      K,
      a_transposed: true,
      sums: { to: b && { ...b, at }, unused: scratch },
      add,
    })
    if (dx)
      product(plan, `${name} dx`, {
        a: dgates,
        b: { view: parameters.value(`${name}.W`), at, stride },
        c: { ...dx, at: (dx.at ?? 0) + time * B * dx.stride },
        M: K,
        N4: input.I4,
        K: 4 * width4,
        b_transposed: true,
        add: adds,
      })
  }
}

/** db of a layer that looks its input up: every gate gradient is in one row of dW. */
function biasGradient(plan: Plan, { name, D, G, H4, parameters, scratch }: LayerContext, V: number): void {
  if (!parameters.has(`${name}.b`)) return
  const stride = D * G * H4
  const [dW, db] = [`${name}.W`, `${name}.b`].map((tensor) => parameters.gradient(tensor))
  const view = parameters.gradients
  const at = ({ offset }: View) => (offset - view.offset) / 16
  columnSums(plan, `${name} db`, { b: { view, at: at(dW!), stride }, K: V, N4: stride, sums: { view, at: at(db!) }, unused: scratch })
}

/** dh += dgates(first step of the segment) Uᵀ: that makes it the gradient of the state before the segment. */
function stateGradient(plan: Plan, ctx: LayerContext, segment: Steps): void {
  const { name, B, D, G, H4, parameters, memory } = ctx
  for (const { name: gate, gates, first, count, state } of recurrentParts(ctx, segment)) {
    if (state === 'saved') continue // its part has passed within the step already
    // The first step has place 0 in direction 0, and the last one in direction 1.
    product(plan, `${name} dh${segment.first} ${gate}`.trim(), {
      a: { ...gates, z: (countOf(segment) - 1) * B * gates.stride + (gates.z ?? 0) },
      b: { view: parameters.value(`${name}.U`), at: first * H4, stride: G * H4, z: 4 * H4 * G * H4 },
      c: { view: memory.dh!, stride: D * H4, z: H4 },
      M: B,
      N4: H4,
      K: 4 * count * H4,
      Z: D,
      b_transposed: true,
      add: true,
    })
  }
}
