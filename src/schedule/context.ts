// What the schedule of a layer knows: its sizes, its tensors, and where its parameters are.
import { cells, type CellName } from '../cells'
import type { View } from '../gpu/view'
import { pad4, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { directions, hardSlope, looksUp, outputDirections, readsBackwards, stateSize, type LayerSpec, type NetworkSpec } from '../spec'
import type { SequenceDropout } from './sequence-dropout'

/** The tensors of a layer while it is unrolled over T steps of B rows. */
export interface LayerMemory {
  /** [S, B, D, G, H]: x W + b unless that is looked up, then the gates, then (backward) their gradients, of the steps of a
   * segment. */
  readonly gates: Tensor
  /** h [T+2, B, D, P] and c [T+2, B, D, H]: the states; P is H, unless the layer projects h. Slot 0 is the initial state, slot t + 1 the state after step t; a direction that reads
   * backwards begins in slot T + 1. */
  readonly h: Tensor
  readonly c: Tensor | null
  /** [T+2, B, D, H]: o ⊙ tanh(c) of a layer that projects it to h, in the slots of h; and its gradient at a step, [B, D, H]. */
  readonly m: Tensor | null
  readonly dm: Tensor | null
  /** [S, B, D, H]: the cell's `saved` (src/cells). */
  readonly saved: Tensor | null
  /** [T, B, D, P] or, merged, [T, B, P]: the outputs after dropout, where it acts, for what reads them; in the buffer of `h`, or of `merged`, behind it. */
  readonly dropped: Tensor | null
  /** [T, B, P]: the directions merged, which are the outputs then; and the gradient of that. */
  readonly merged: Tensor | null
  readonly dmerged: Tensor | null
  /** Gradients: of the outputs [T, B, D, P]; carried from step to step, dh [B, D, P] and dc [B, D, H]. */
  readonly dy: Tensor | null
  readonly dh: Tensor | null
  readonly dc: Tensor | null
}

/** What the schedule of a layer needs to know. */
export interface LayerContext {
  readonly name: string
  readonly cell: CellName
  readonly T: number
  /** Steps of a segment (segments.ts); T unless gates are recomputed. */
  readonly S: number
  readonly B: number
  readonly D: 1 | 2
  /** Whether a layer of one direction reads backwards. */
  readonly backwards: boolean
  /** How two directions become one; null: they stand side by side. */
  readonly merge: 'sum' | 'mean' | 'product' | null
  /** Constants of the kernels of a step for functions of the layer's own choice. */
  readonly activations: { readonly hard_slope?: number; readonly relu_candidate?: true }
  readonly G: number
  readonly H4: number
  /** Size of h in vec4f: H4, unless the layer projects it. */
  readonly P4: number
  /** Whether it does: its steps are those of projection.ts. */
  readonly projects: boolean
  readonly parameters: Parameters
  readonly memory: LayerMemory
  /** [B]: steps of each row. */
  readonly lengths: View
  /** [T, B]: what the network reads, if it reads ids. */
  readonly ids: View
  /** Whether the layer reads ids, so that x W is looked up within its steps. */
  readonly looksUp: boolean
  /** Whether backward leaves dL/dh of each step in `dy`. */
  readonly keep: boolean
  /** Dropout within the layer; null where none acts. */
  readonly drops: SequenceDropout | null
  /** Never read: bound where a kernel has an output that is not wanted. */
  readonly scratch: View
}

/** The sizes of a layer that do not depend on what it is unrolled over. */
export const layerShape = (layer: LayerSpec): Pick<LayerContext, 'cell' | 'D' | 'G' | 'H4' | 'P4' | 'projects'> => ({
  cell: layer.cell,
  D: directions(layer),
  G: cells[layer.cell].gates.length,
  H4: pad4(layer.hidden) / 4,
  P4: pad4(stateSize(layer, 'h')) / 4,
  projects: layer.projection !== undefined,
})

export function layerContext(
  spec: NetworkSpec,
  { l, layer }: { readonly l: number; readonly layer: LayerSpec },
  { T, S, B }: Pick<LayerContext, 'T' | 'S' | 'B'>,
  shared: Pick<LayerContext, 'parameters' | 'memory' | 'lengths' | 'ids' | 'scratch' | 'keep' | 'drops'>,
): LayerContext {
  const slope = hardSlope(layer)
  const activations = { ...(slope !== null && { hard_slope: slope }), ...(layer.activation === 'relu' && { relu_candidate: true as const }) }
  return {
    name: `layers.${l}`,
    backwards: layer.backwards === true,
    merge: outputDirections(layer) < directions(layer) ? (layer.merge as 'sum' | 'mean' | 'product') : null,
    activations,
    ...layerShape(layer),
    T,
    S,
    B,
    looksUp: looksUp(spec, l),
    ...shared,
  }
}

/** The slots of a state that a direction begins in and ends in: see `LayerMemory`. */
export const stateSlots = (ctx: Pick<LayerContext, 'T' | 'backwards'>, direction: number): { readonly initial: number; readonly final: number } =>
  readsBackwards(ctx, direction) ? { initial: ctx.T + 1, final: 1 } : { initial: 0, final: ctx.T }

/** A constant of the kernels that tell directions apart; none for the usual ones. */
export const backwardsOf = ({ backwards }: Pick<LayerContext, 'backwards'>): { readonly backwards?: true } => (backwards ? { backwards } : {})

/** A parameter of the layer, and all that follows. */
export function parameterOf({ parameters, name }: LayerContext, kind: 'W' | 'U' | 'b' | 'bn' | 'p' | 'R'): View {
  const { buffer, offset } = parameters.value(`${name}.${kind}`)
  return { buffer, offset, size: parameters.values.size - offset }
}

/** Offset of b from U, in vec4f; 0 where there is no b. */
export const biasOffset4 = ({ parameters, name }: LayerContext): number =>
  parameters.has(`${name}.b`) ? (parameters.value(`${name}.b`).offset - parameters.value(`${name}.U`).offset) / 16 : 0

/** A parameter of the layer, or zeros where it has none. */
export const orZeros = (ctx: LayerContext, kind: 'b' | 'bn' | 'p'): View =>
  ctx.parameters.has(`${ctx.name}.${kind}`) ? parameterOf(ctx, kind) : ctx.parameters.zeros

export const hasPeepholes = (ctx: LayerContext): boolean => ctx.parameters.has(`${ctx.name}.p`)
