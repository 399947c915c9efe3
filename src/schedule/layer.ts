// Who is dispatched when, for one recurrent layer: x W + b for all steps in one product, then the steps in order;
// backwards the steps in reverse, then the gradients of the weights and of the input for all steps in one product each.
import type { View } from '../gpu/device'
import type { Plan } from '../gpu/plan'
import { pad4 } from '../gpu/tensor'
import { directions, inputSize, type NetworkSpec } from '../spec'
import { hasPeepholes, orZeros, type LayerContext } from './context'
import { lookUpBackward } from './lookup'
import { columnSums, productNN, productNT, productTN, type Matrix, type ProductPart } from './products'
import { stepsBackward } from './steps'

/** Ids [T, B], or vectors [T, B, I] as a matrix whose first row is that of time 0. */
export type LayerInput =
  | { readonly ids: View; readonly starts: View; readonly positions: View; readonly V: number }
  | { readonly x: Matrix; readonly I4: number }

/** Outputs of a layer as the matrix [T·B, D·H] that the next one reads. */
export const outputs = ({ B, D, H4, memory }: LayerContext): Matrix => ({ view: memory.h, at: B * D * H4, stride: D * H4 })
/** The input size of layer `l` > 0 as it lies in memory, in vec4f. */
export const inputSize4 = (spec: NetworkSpec, l: number): number => {
  const below = spec.layers[l - 1]
  return below ? (directions(below) * pad4(below.hidden)) / 4 : pad4(inputSize(spec, l)) / 4
}

/** gates = x W + b for times t0 … t1 − 1, both directions; of ids it is a look-up, and made by that. */
export function inputForward(plan: Plan, ctx: LayerContext, { x, I4 }: Extract<LayerInput, { x: Matrix }>, t0: number, t1: number): void {
  const { name, B, D, G, H4, parameters, memory } = ctx
  const width4 = D * G * H4
  productNN(plan, `${name} x W`, {
    a: { ...x, at: (x.at ?? 0) + t0 * B * x.stride },
    b: { view: parameters.value(`${name}.W`), stride: width4 },
    bias: { view: orZeros(ctx, 'b') },
    c: { view: memory.gates, at: t0 * B * width4, stride: width4 },
    M: (t1 - t0) * B, N4: width4, K4: I4,
  })
}

/** The outputs of a layer, thinned, into `data`; or, backward, their gradient in `data` thinned the same way. */
export function dropout(
  plan: Plan, { name, T, B, D, H4, memory }: LayerContext,
  { index, data, p, control, backward }: { index: number; data: View; p: number; control: View; backward: boolean },
): void {
  const n4 = T * B * D * H4
  const stride = Math.min(Math.ceil(n4 / 64), 4096) * 64
  plan.dispatch(`${name} dropout${backward ? ' backward' : ''}`, 'layer/dropout', {
    bindings: { control, source: memory.h, data },
    size: { n4, stride, source_at: B * D * H4, layer: index, p },
    grid: [stride, 1, 1],
    constants: { in_place: backward },
  })
}

/** What the recurrent product's gradient is made of: which state multiplied which gates. A GRU's candidate has an
 * operand of its own, or gate gradients of its own. */
function recurrentParts({ cell, B, D, G, H4, memory }: LayerContext): { name: string; state: Matrix; gates: Matrix; first: number; count: number; bn: boolean }[] {
  // Direction 0 at time t multiplied slot t, direction 1 slot t + 2.
  const before: Matrix = { view: memory.h, stride: D * H4, z: 2 * B * D * H4 + H4 }
  const all = (first: number): Matrix => ({ view: memory.gates, at: first * H4, stride: D * G * H4, z: G * H4 })
  const saved: Matrix = { view: memory.saved ?? memory.h, stride: D * H4, z: H4 }
  switch (cell) {
    case 'gru':
      return [
        { name: 'rz', state: before, gates: all(0), first: 0, count: 2, bn: false },
        { name: 'n', state: saved, gates: all(2), first: 2, count: 1, bn: false },
      ]
    case 'gru-reset-after':
      return [
        { name: 'rz', state: before, gates: all(0), first: 0, count: 2, bn: false },
        { name: 'n', state: before, gates: saved, first: 2, count: 1, bn: true },
      ]
    default:
      return [{ name: '', state: before, gates: all(0), first: 0, count: G, bn: false }]
  }
}

export interface BackwardOptions {
  /** Where the gradient of the input goes, [T, B, I]; null: not wanted. */
  readonly dx: Matrix | null
  /** Whether `dh` (and `dc`) shall end as the gradient of the initial state. */
  readonly initial: boolean
}

/** Backward through time, with `dy` the gradient of the outputs and `dh`, `dc` that of the final states. */
export function layerBackward(plan: Plan, ctx: LayerContext, input: LayerInput, { dx, initial }: BackwardOptions): void {
  const { name, T, B, D, G, H4, parameters, memory, scratch } = ctx
  stepsBackward(plan, ctx)

  const width4 = D * G * H4
  const dgates: Matrix = { view: memory.gates, stride: width4 }
  const b = parameters.has(`${name}.b`) ? { view: parameters.gradient(`${name}.b`) } : null
  const U = parameters.value(`${name}.U`)
  const bn = parameters.has(`${name}.bn`) ? { view: parameters.gradient(`${name}.bn`), z: H4 } : null
  const [first, second] = recurrentParts(ctx).map(
    (part): ProductPart => ({ a: part.state, b: part.gates, N4: part.count * H4, at: part.first * H4, sums: part.bn ? bn : null }),
  )
  productTN(plan, `${name} dU`, {
    parts: [first!, second], c: { view: parameters.gradient(`${name}.U`), stride: G * H4, z: 4 * H4 * G * H4 },
    M: 4 * H4, K: T * B, Z: D, unused: scratch,
  })
  if (hasPeepholes(ctx))
    plan.dispatch(`${name} dp`, 'layer/peephole_gradient', {
      bindings: { gates: memory.gates, c: memory.c!, dp: parameters.gradient(`${name}.p`) }, size: { T, B, D, H4 }, grid: [3 * H4, 1, D],
    })
  if ('ids' in input) {
    lookUpBackward(plan, `${name} dW`, {
      starts: input.starts, positions: input.positions, dout: memory.gates,
      dtable: parameters.gradient(`${name}.W`), V: input.V, width4,
    })
    if (b) columnSums(plan, `${name} db`, { b: dgates, K: T * B, N4: width4, sums: b })
  } else {
    productTN(plan, `${name} dW`, {
      parts: [{ a: input.x, b: dgates, N4: width4, at: 0, sums: b }], c: { view: parameters.gradient(`${name}.W`), stride: width4 },
      M: 4 * input.I4, K: T * B, unused: scratch,
    })
    if (dx)
      productNT(plan, `${name} dx`, {
        a: dgates, b: { view: parameters.value(`${name}.W`), stride: width4 }, c: dx, M: T * B, N4: input.I4, K4: width4,
      })
  }
  if (initial)
    for (const part of recurrentParts(ctx)) {
      if (ctx.cell === 'gru' && part.name === 'n') continue // its part has already gone through r ⊙ h'
      // dh += dgates(first step read) Uᵀ: time 0 for direction 0, time T − 1 for direction 1.
      const { gates } = part
      productNT(plan, `${name} dh0 ${part.name}`.trim(), {
        a: { ...gates, z: (T - 1) * B * gates.stride + (gates.z ?? 0) },
        b: { view: U, at: part.first * H4, stride: G * H4, z: 4 * H4 * G * H4 },
        c: { view: memory.dh!, stride: D * H4, z: H4 },
        M: B, N4: H4, K4: part.count * H4, Z: D, add: true,
      })
    }
}
