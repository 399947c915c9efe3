// Stacks: layers that follow one another and are alike. Each of their tensors lies in one buffer with those of the others,
// at a fixed distance, so that one dispatch can work on every layer.
import { cells } from '../cells'
import type { Gpu } from '../gpu/device'
import { pad4, padded, paddedElements, plain, type Dimension, type Tensor } from '../gpu/tensor'
import { completeSpec, directions, type NetworkSpec } from '../spec'
import type { LayerMemory } from './context'

/** Rows between the same row of one layer and of the next: so many that each layer begins at a multiple of 256 bytes, where
 * a binding may, whatever the width of a row. */
export const rowStride = (rows: number): number => Math.ceil(rows / 16) * 16

/** The layers of a network in stacks, by number: a stack has one layer, or several of one cell, hidden size and options that
 * read forwards. At most `most` layers. */
export function stacksOf(spec: NetworkSpec, most: (layer: number) => number): number[][] {
  const { layers } = completeSpec(spec)
  const stacks: number[][] = []
  layers.forEach((layer, l) => {
    const stack = stacks.at(-1)
    const alike = !layer.bidirectional && JSON.stringify(layer) === JSON.stringify(layers[l - 1])
    if (stack && alike && stack.length < most(l)) stack.push(l)
    else stacks.push([l])
  })
  return stacks
}

/** How many layers such as layer `l` fit into a buffer, by their largest tensor: the gates, or the states with the outputs that
 * dropout has thinned. */
export function layersPerBuffer(gpu: Gpu, spec: NetworkSpec, l: number, { T, B, thins }: { T: number; B: number; thins: boolean }): number {
  const { cell, hidden } = spec.layers[l]!
  const gates = rowStride(T * B) * cells[cell].gates.length
  const states = rowStride((T + 2) * B) + (thins ? rowStride(T * B) : 0)
  return Math.floor(gpu.largestBuffer / (Math.max(gates, states) * pad4(hidden) * 4))
}

/** A tensor of every layer of a stack: all of them, in the shape of one, and whatever follows in the buffer; and each. */
interface Stacked {
  readonly whole: Tensor
  readonly each: readonly Tensor[]
}

/** What a buffer holds: rows [rows] of shape [row] for each of some layers. */
interface Part {
  readonly what: string
  readonly layers: readonly number[]
  readonly rows: readonly Dimension[]
  readonly row: readonly Dimension[]
}

/** Tensors of zeros, part after part, in one buffer; the caller's, if given. */
function stackTensors(gpu: Gpu, label: string, parts: readonly Part[], given?: GPUBuffer): Stacked[] {
  let end = 0
  let next = 0
  const places = parts.map(({ what, layers, rows, row }) => {
    const shape = [...rows, ...row]
    const size = paddedElements(shape) * 4
    return layers.map((l) => {
      const offset = next
      next += rowStride(paddedElements(rows)) * paddedElements(row) * 4
      end = offset + size
      return { label: `layers.${l} ${what}`, shape, offset, size }
    })
  })
  const buffer = gpu.own(label, end, given)
  return places.map((places) => {
    const each = places.map((place) => ({ ...place, buffer }))
    return { whole: { ...each[0]!, size: end - each[0]!.offset }, each }
  })
}

const stackName = (stack: readonly number[]): string => `layers.${stack.length > 1 ? `${stack[0]}–${stack.at(-1)}` : stack[0]}`

/** What the layers of a stack keep on the GPU while they are unrolled over T steps of B rows, with the gates of S; `thins`:
 * whether dropout acts, between the layers of the network; `dy`: a buffer of the caller's. */
export function allocateStack(
  gpu: Gpu,
  spec: NetworkSpec,
  stack: readonly number[],
  { T, S, B, train, thins, dy }: { T: number; S: number; B: number; train: boolean; thins: boolean; dy?: GPUBuffer | undefined },
): { whole: LayerMemory; each: LayerMemory[] } {
  const layer = spec.layers[stack[0]!]!
  const cell = cells[layer.cell]
  const [D, H] = [plain(directions(layer)), padded(layer.hidden)]
  const make = (what: string, rows: readonly Dimension[], row: readonly Dimension[], given?: GPUBuffer) =>
    stackTensors(gpu, `${stackName(stack)} ${what}`, [{ what, layers: stack, rows, row }], given)[0]!
  const read = stack.filter((l) => l < spec.layers.length - 1) // by a layer above
  const kept = [plain(S), plain(B)]
  const steps = [plain(T), plain(B)]
  const slots = [plain(T + 2), plain(B)]
  const states: Part = { what: 'h', layers: stack, rows: slots, row: [D, H] }
  const outputs: Part = { what: 'thinned', layers: read, rows: steps, row: [D, H] }
  const [h, thinned = null] = stackTensors(gpu, `${stackName(stack)} h`, thins && read.length > 0 ? [states, outputs] : [states])
  const tensors: Record<keyof LayerMemory, Stacked | null> = {
    gates: make('gates', kept, [D, plain(cell.gates.length), H]),
    h: h!,
    c: cell.states.includes('c') ? make('c', slots, [D, H]) : null,
    saved: cell.saved ? make('saved', kept, [D, H]) : null,
    thinned,
    dy: train ? make('dy', steps, [D, H], dy) : null,
    dh: train ? make('dh', [plain(B)], [D, H]) : null,
    dc: train && cell.states.includes('c') ? make('dc', [plain(B)], [D, H]) : null,
  }
  const memory = (of: (tensor: Stacked) => Tensor | undefined) =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, (tensor && of(tensor)) ?? null])) as unknown as LayerMemory
  return { whole: memory(({ whole }) => whole), each: stack.map((_, i) => memory(({ each }) => each[i])) }
}
