// Dropout within a recurrent layer (Gal and Ghahramani 2016): a row of the batch has one mask of its input and one of its state before the product
// with U, in each direction, the same at every step. The mask of the state lies behind the states in `h`, where the steps forward find it, and behind
// `dh`, where those backward do. Everything else works on values that are multiplied by a mask in a dispatch of their own.
import type { Gpu } from '../gpu/device'
import type { Plan } from '../gpu/plan'
import { padded, paddedElements, plain, tensor, type Tensor } from '../gpu/tensor'
import type { View } from '../gpu/view'
import { directions, inputStride, maskStreams, stateSize, type LayerSpec, type NetworkSpec } from '../spec'
import type { LayerContext } from './context'
import { flat, type Matrix } from './products'

interface Masks {
  /** Fraction dropped. */
  readonly p: number
  /** Of the random numbers. */
  readonly stream: number
}

export interface SequenceDropout {
  readonly input:
    | (Masks & {
        /** [B, D, I]. */
        readonly mask: Tensor
        /** [D, S, B, I]: the input of each direction, of the steps of a segment. Once dW is computed, its gradient takes its place. */
        readonly x: Tensor
        /** Of a row, in vec4f. */
        readonly I4: number
      })
    | null
  readonly state:
    | (Masks & {
        /** [S, B, D, P]: what U was multiplied by, for its gradient; null unless trained, or where the steps multiply by U in a product of their own. */
        readonly left: Tensor | null
      })
    | null
  readonly control: View
  readonly buffers: readonly GPUBuffer[]
}

/** Masks of recurrent layer `l`; null for one that drops nothing. */
export function allocateSequenceDropout(
  gpu: Gpu,
  spec: NetworkSpec,
  l: number,
  { S, B, train, control }: { readonly S: number; readonly B: number; readonly train: boolean; readonly control: View },
): SequenceDropout | null {
  const layer = spec.layers[l] as LayerSpec
  const { inputDropout = 0, recurrentDropout = 0 } = layer
  if (inputDropout === 0 && recurrentDropout === 0) return null
  const D = plain(directions(layer))
  const stride = inputStride(spec, l)
  const streams = maskStreams(l)
  const I = padded(stride)
  const make = (what: string, shape: Parameters<typeof tensor>[2]): Tensor => tensor(gpu, `layers.${l} ${what}`, shape)
  const input = inputDropout > 0 && {
    p: inputDropout,
    stream: streams.input,
    mask: make('input masks', [plain(B), D, I]),
    x: make('dropped inputs', [D, plain(S), plain(B), I]),
    I4: stride / 4,
  }
  const state = recurrentDropout > 0 && {
    p: recurrentDropout,
    stream: streams.state,
    left: train || layer.projection !== undefined ? make('masked states', [plain(S), plain(B), D, padded(stateSize(layer, 'h'))]) : null,
  }
  const tensors = [...(input ? [input.mask, input.x] : []), ...(state && state.left ? [state.left] : [])]
  return { input: input || null, state: state || null, control, buffers: tensors.map(({ buffer }) => buffer) }
}

/** vec4f of a slot of the states. */
const slotOf = ({ B, D, P4 }: Pick<LayerContext, 'B' | 'D' | 'P4'>): number => B * D * P4

/** A tensor of the states with the masks behind it, where it has them. */
export const withMask = (ctx: LayerContext, view: View): View => (ctx.drops?.state ? { ...view, size: view.size + 16 * slotOf(ctx) } : view)

function drawMask(plan: Plan, label: string, { p, stream }: Masks, control: View, mask: View, { n4, first }: { n4: number; first: number }): void {
  const { size, grid } = flat(n4)
  plan.dispatch(label, 'layer/sequence_mask', { bindings: { control, mask }, size: { ...size, first, stream, p }, grid })
}

/** Draws the masks of a run forward. */
export function drawMasks(plan: Plan, ctx: LayerContext): void {
  const { name, T, drops, memory } = ctx
  if (drops?.input)
    drawMask(plan, `${name} input masks`, drops.input, drops.control, drops.input.mask, { n4: paddedElements(drops.input.mask.shape) / 4, first: 0 })
  const slot = slotOf(ctx)
  if (drops?.state) drawMask(plan, `${name} state masks`, drops.state, drops.control, withMask(ctx, memory.h), { n4: slot, first: (T + 2) * slot })
}

/** Draws the masks of the state anew for backward. */
export function drawMasksBackward(plan: Plan, ctx: LayerContext): void {
  const { name, drops, memory } = ctx
  const slot = slotOf(ctx)
  if (drops?.state) drawMask(plan, `${name} state masks backward`, drops.state, drops.control, withMask(ctx, memory.dh!), { n4: slot, first: slot })
}

interface Masking {
  readonly source: View
  readonly mask: View
  readonly out: View
  /** Rows, and vec4f of a row. */
  readonly rows: number
  readonly width4: number
  /** Offsets in vec4f: of the first row, and of the first mask. */
  readonly from: number
  readonly to: number
  readonly mask4: number
  readonly maskStride: number
  /** Where direction 1 begins in a row, and how much later it lies in `source`. Default: there is none. */
  readonly H4?: number
  readonly ahead?: number
  readonly adds?: boolean
}

function applyMask(plan: Plan, label: string, B: number, m: Masking): void {
  const { size, grid } = flat(m.rows * m.width4)
  plan.dispatch(label, 'layer/apply_mask', {
    bindings: { source: m.source, mask: m.mask, out: m.out },
    size: {
      ...size,
      B,
      width4: m.width4,
      source: m.from,
      out: m.to,
      mask: m.mask4,
      mask_stride: m.maskStride,
      H4: m.H4 ?? m.width4,
      ahead: m.ahead ?? 0,
    },
    grid,
    constants: { adds: m.adds ?? false },
  })
}

/** Where the dropped input of a direction lies. */
export function droppedInput({ S, B, drops }: LayerContext, d: number): Matrix {
  const { x, I4 } = drops!.input!
  return { view: x, offset4: d * S * B * I4, stride: I4 }
}

/** The input of direction `d`, `rows` of them, dropped: from row `from` on of `x` to row `to` of the segment. */
export function dropInput(plan: Plan, ctx: LayerContext, d: number, x: Matrix, { from, to, rows }: { from: number; to: number; rows: number }): Matrix {
  const { I4, mask } = ctx.drops!.input!
  const dropped = droppedInput(ctx, d)
  const offset4 = dropped.offset4! + to * I4
  applyMask(plan, `${ctx.name} dropped input`, ctx.B, {
    source: x.view,
    mask,
    out: dropped.view,
    rows,
    width4: I4,
    from: (x.offset4 ?? 0) + from * I4,
    to: offset4,
    mask4: d * I4,
    maskStride: ctx.D * I4,
  })
  return { ...dropped, offset4 }
}

/** From the gradient of that, which lies in its place, to the gradient of the input: rows from `first` on of `dx`, added to what is there where
 * `adds`. */
export function dropInputGradient(
  plan: Plan,
  ctx: LayerContext,
  d: number,
  dx: Matrix,
  { first, rows, adds }: { first: number; rows: number; adds: boolean },
): void {
  const { I4, mask } = ctx.drops!.input!
  const { view, offset4 } = droppedInput(ctx, d)
  applyMask(plan, `${ctx.name} gradient of dropped input`, ctx.B, {
    source: view,
    mask,
    out: dx.view,
    rows,
    width4: I4,
    from: offset4!,
    to: (dx.offset4 ?? 0) + first * I4,
    mask4: d * I4,
    maskStride: ctx.D * I4,
    adds,
  })
}

/** The left operand of a recurrent product, over `steps` of a segment, as U met it: in `left`. */
export function maskLeft(plan: Plan, ctx: LayerContext, source: Matrix, steps: number): Matrix {
  const { name, T, B, D, P4, memory, drops } = ctx
  const left: Matrix = { view: drops!.state!.left!, stride: D * P4, z: P4 }
  applyMask(plan, `${name} masked states`, B, {
    source: source.view,
    mask: withMask(ctx, memory.h),
    out: left.view,
    rows: steps * B,
    width4: D * P4,
    from: source.offset4 ?? 0,
    to: 0,
    mask4: (T + 2) * slotOf(ctx),
    maskStride: D * P4,
    H4: P4,
    ahead: source.z! - P4,
  })
  return left
}

/** dh += the gradient of the masked state, which lies in `left`, past the mask. */
export function maskedStateGradient(plan: Plan, ctx: LayerContext): void {
  const { name, T, B, D, P4, memory, drops } = ctx
  applyMask(plan, `${name} gradient of the masked state`, B, {
    source: drops!.state!.left!,
    mask: withMask(ctx, memory.h),
    out: memory.dh!,
    rows: B,
    width4: D * P4,
    from: 0,
    to: 0,
    mask4: (T + 2) * slotOf(ctx),
    maskStride: D * P4,
    adds: true,
  })
}
