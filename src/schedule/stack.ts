// Stacks: alike layers that follow one another. The tensors of a stack lie in one buffer at a fixed stride, so that one dispatch
// can work on every layer.
import { cells } from '../cells'
import type { Gpu } from '../gpu/device'
import { pad4, padded, paddedElements, plain, type Dimension, type Tensor } from '../gpu/tensor'
import { completeSpec, directions, outputDirections, readsForwards, recurrentLayers, stateSize, type LayerSpec, type NetworkSpec } from '../spec'
import type { LayerMemory } from './context'

/** Rows between the same row of one layer and of the next: so many that each layer begins at a multiple of 256 bytes, where
 * a binding may, whatever the width of a row. */
export const rowStride = (rows: number): number => Math.ceil(rows / 16) * 16

/** The recurrent layers of a network in stacks, by number: a stack has one layer, or several of one cell, hidden size and options that
 * read forwards, each the one before. At most `most` layers. */
export function stacksOf(spec: NetworkSpec, most: (layer: LayerSpec) => number): number[][] {
  const { layers } = completeSpec(spec)
  const stacks: number[][] = []
  for (const { l, layer } of recurrentLayers({ layers })) {
    const stack = stacks.at(-1)
    const alike = readsForwards(layer) && !layer.inputs && JSON.stringify(layer) === JSON.stringify(layers[l - 1])
    if (stack && alike && stack.length < most(layer)) stack.push(l)
    else stacks.push([l])
  }
  return stacks
}

/** How many layers such as this one fit into a buffer, by their largest tensor: the gates, or the states with the dropped outputs. */
export function layersPerBuffer(
  gpu: Gpu,
  { cell, hidden, recurrentDropout = 0 }: LayerSpec,
  { T, B, dropout }: { T: number; B: number; dropout: boolean },
): number {
  const gates = rowStride(T * B) * cells[cell].gates.length
  const states = rowStride((recurrentDropout > 0 ? T + 3 : T + 2) * B) + (dropout ? rowStride(T * B) : 0)
  return Math.floor(gpu.largestBuffer / (Math.max(gates, states) * pad4(hidden) * 4))
}

/** A tensor of every layer of a stack: all of them, in the shape of one, and whatever follows in the buffer; and each. */
interface Stacked {
  readonly whole: Tensor
  readonly each: readonly Tensor[]
}

/** One tensor for each of some layers: rows [rows] of shape [row]. */
interface TensorsOfLayers {
  readonly what: string
  readonly layers: readonly number[]
  readonly rows: readonly Dimension[]
  readonly row: readonly Dimension[]
  /** Rows behind those of each layer, for masks. Default 0. */
  readonly spare?: number
}

/** Tensors of zeros in one buffer, one after the other; the caller's buffer, if one came. */
function stackTensors(gpu: Gpu, label: string, tensors: readonly TensorsOfLayers[], callers?: GPUBuffer): Stacked[] {
  let end = 0
  let next = 0
  const layouts = tensors.map(({ what, layers, rows, row, spare = 0 }) => {
    const shape = [...rows, ...row]
    const size = paddedElements(shape) * 4
    return layers.map((l) => {
      const offset = next
      next += rowStride(paddedElements(rows) + spare) * paddedElements(row) * 4
      end = offset + size + spare * paddedElements(row) * 4
      return { label: `layers.${l} ${what}`, shape, offset, size }
    })
  })
  const buffer = gpu.own(label, end, callers)
  return layouts.map((layout) => {
    const each = layout.map((range) => ({ ...range, buffer }))
    return { whole: { ...each[0]!, size: end - each[0]!.offset }, each }
  })
}

const stackName = (stack: readonly number[]): string => `layers.${stack.length > 1 ? `${stack[0]}–${stack.at(-1)}` : stack[0]}`

/** The tensors of the layers of a stack while they are unrolled over T steps of B rows, with the gates of S; `dropout`:
 * whether it acts between layers; `masks`: whether the state has masks, which lie behind `h` and `dh`; `dy`: a buffer of the caller's. */
export function allocateStack(
  gpu: Gpu,
  spec: NetworkSpec,
  stack: readonly number[],
  { T, S, B, train, dropout, masks, dy }: { T: number; S: number; B: number; train: boolean; dropout: boolean; masks: boolean; dy?: GPUBuffer | undefined },
): { whole: LayerMemory; each: LayerMemory[] } {
  const layer = spec.layers[stack[0]!]! as LayerSpec
  const cell = cells[layer.cell]
  const [D, H, P] = [plain(directions(layer)), padded(layer.hidden), padded(stateSize(layer, 'h'))]
  const make = (what: string, rows: readonly Dimension[], row: readonly Dimension[], callers?: GPUBuffer, spare = 0) =>
    stackTensors(gpu, `${stackName(stack)} ${what}`, [{ what, layers: stack, rows, row, spare }], callers)[0]!
  const spare = masks ? B : 0
  const read = stack.filter((l) => l < spec.layers.length - 1) // the last layer drops nothing
  const segment = [plain(S), plain(B)]
  const steps = [plain(T), plain(B)]
  const slots = [plain(T + 2), plain(B)]
  const states: TensorsOfLayers = { what: 'h', layers: stack, rows: slots, row: [D, P], spare }
  const outputs: TensorsOfLayers = { what: 'dropped outputs', layers: read, rows: steps, row: [D, P] }
  // What is dropped lies behind that of which it is dropped. Layers whose directions are merged are in a stack alone.
  const merges = outputDirections(layer) < directions(layer)
  const drops = dropout && read.length > 0
  const one: TensorsOfLayers = { what: 'merged', layers: stack, rows: steps, row: [plain(1), P] }
  const [merged = null, droppedMerged = null] = !merges
    ? []
    : stackTensors(gpu, `${stackName(stack)} merged`, drops ? [one, { ...outputs, row: one.row }] : [one])
  const [h, dropped = droppedMerged] = stackTensors(gpu, `${stackName(stack)} h`, drops && !merges ? [states, outputs] : [states])
  const tensors: Record<keyof LayerMemory, Stacked | null> = {
    gates: make('gates', segment, [D, plain(cell.gates.length), H]),
    h: h!,
    c: cell.states.includes('c') ? make('c', slots, [D, H]) : null,
    m: layer.projection === undefined ? null : make('m', slots, [D, H]),
    dm: train && layer.projection !== undefined ? make('dm', [plain(B)], [D, H]) : null,
    saved: cell.saved ? make('saved', segment, [D, H]) : null,
    dropped,
    merged,
    dmerged: train && merges ? make('dmerged', steps, one.row) : null,
    dy: train ? make('dy', steps, [D, P], dy) : null,
    dh: train ? make('dh', [plain(B)], [D, P], undefined, spare) : null,
    dc: train && cell.states.includes('c') ? make('dc', [plain(B)], [D, H]) : null,
  }
  const memory = (of: (tensor: Stacked) => Tensor | undefined) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, (tensor && of(tensor)) ?? null])) as unknown as LayerMemory
  return { whole: memory(({ whole }) => whole), each: stack.map((_, i) => memory(({ each }) => each[i])) }
}
