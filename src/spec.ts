// What a network is, as plain data: the layers, the sizes, and from them the name and shape of every parameter.
// The engine, the reference and the file formats all read parameters from `parameterShapes`, so they cannot disagree.
import { cells, type CellName } from './cells'

export interface LayerSpec {
  readonly cell: CellName
  /** H, the hidden size of each direction. */
  readonly hidden: number
  /** A second direction reads time backwards; the layer's output is then [T, B, 2H]. Default false. */
  readonly bidirectional?: boolean
  /** Whether the layer has biases. Default true. */
  readonly bias?: boolean
}

export interface NetworkSpec {
  /** Token ids below `ids` (one-hot; or a learned embedding of the given size), or dense features [T, B, I]. */
  readonly input: { readonly ids: number; readonly embedding?: number } | { readonly features: number }
  readonly layers: readonly LayerSpec[]
  /** The output layer O = H W_q + b_q, applied at every step. */
  readonly head: { readonly classes: number }
}

/** A target that counts for nothing: no loss, no gradient. */
export const ignored = 0xffffffff

/** Logical shape of a parameter; a dimension is a plain count, row-major. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>

/** D: 2 for a bidirectional layer, else 1. */
export const directions = (layer: LayerSpec): 1 | 2 => (layer.bidirectional ? 2 : 1)

/** I of layer `index`: what it reads at one step. */
export function inputSize(spec: NetworkSpec, index: number): number {
  if (index > 0) return spec.layers[index - 1]!.hidden * directions(spec.layers[index - 1]!)
  return 'features' in spec.input ? spec.input.features : (spec.input.embedding ?? spec.input.ids)
}

/** Every parameter of the network, in storage order:
 * `embedding` [V, E]; for each layer ℓ `layers.ℓ.W` [I, D, G, H], `layers.ℓ.U` [D, H, G, H], `layers.ℓ.b` [D, G, H],
 * `layers.ℓ.bn` [D, H] (GRU reset-after); `head.W` [D·H, V], `head.b` [V]. */
export function parameterShapes(spec: NetworkSpec): ParameterShapes {
  const shapes = new Map<string, readonly number[]>()
  if ('ids' in spec.input && spec.input.embedding) shapes.set('embedding', [spec.input.ids, spec.input.embedding])
  spec.layers.forEach((layer, l) => {
    const { gates, recurrentBias } = cells[layer.cell]
    const [I, D, G, H] = [inputSize(spec, l), directions(layer), gates.length, layer.hidden]
    shapes.set(`layers.${l}.W`, [I, D, G, H])
    shapes.set(`layers.${l}.U`, [D, H, G, H])
    if (layer.bias !== false) {
      shapes.set(`layers.${l}.b`, [D, G, H])
      if (recurrentBias) shapes.set(`layers.${l}.bn`, [D, H])
    }
  })
  const last = spec.layers[spec.layers.length - 1]!
  shapes.set('head.W', [last.hidden * directions(last), spec.head.classes])
  shapes.set('head.b', [spec.head.classes])
  return shapes
}
