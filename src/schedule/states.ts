// The states of an unrolled network: where they lie, how they begin, and how they go from one run into the next.
import { cells } from '../cells'
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { pack, pad4, padded, paddedElements, plain, type Dimension, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { directions, readsForwards, recurrentLayers, stateSize, type NetworkSpec } from '../spec'
import { backwardsOf, stateSlots, type LayerContext } from './context'

interface LayerStateMemory {
  readonly name: 'h' | 'c'
  readonly state: Tensor
  /** Carried from step to step in backward; at the end that of the initial state. */
  readonly gradient: Tensor | null
}

/** The states of a layer, with their memory. */
export function statesOf({ memory }: LayerContext): LayerStateMemory[] {
  const h = { name: 'h', state: memory.h, gradient: memory.dh } as const
  return memory.c ? [h, { name: 'c', state: memory.c, gradient: memory.dc }] : [h]
}

/** The states of a layer whose initial values are learned. */
export const learnedOf = (layer: LayerContext): LayerStateMemory[] => statesOf(layer).filter(({ name }) => layer.parameters.has(`${layer.name}.${name}0`))

/** The width of a row of a tensor, in vec4f. */
export const width4Of = ({ shape }: Tensor): number => pad4(shape.at(-1)!.size) / 4

/** One slot of a state tensor [T+2, B, D, H]. */
function slot(layer: LayerContext, state: Tensor, index: number): View {
  const size = layer.B * layer.D * width4Of(state) * 16
  return { buffer: state.buffer, offset: state.offset + index * size, size }
}

/** A state of a layer in a buffer of states. */
export interface StateLayout {
  /** The layer's number among all layers, and its place in lists of states. */
  readonly layer: number
  readonly place: number
  readonly name: 'h' | 'c'
  /** [B, D, H]. */
  readonly shape: readonly Dimension[]
  /** In bytes. */
  readonly offset: number
  readonly size: number
}

/** The states of B rows, one after the other in a buffer. */
export function layoutOfStates(spec: NetworkSpec, B: number): StateLayout[] {
  let offset = 0
  return recurrentLayers(spec).flatMap(({ l, layer }, place) =>
    cells[layer.cell].states.map((name) => {
      const shape = [plain(B), plain(directions(layer)), padded(stateSize(layer, name))]
      const size = paddedElements(shape) * 4
      offset += size
      return { layer: l, place, name, shape, offset: offset - size, size }
    }),
  )
}

export class States {
  /** @param between room for a state on its way from one slot to another: WebGPU copies nothing within a buffer */
  constructor(
    private readonly gpu: Gpu,
    private readonly parameters: Parameters,
    private readonly layers: readonly LayerContext[],
    private readonly between: View,
  ) {}

  /** The initial states become the learned ones, or zero. */
  fresh(plan: Plan): void {
    for (const layer of this.layers)
      for (const { name, state } of statesOf(layer)) {
        const learned = `${layer.name}.${name}0`
        const { T, B, D } = layer
        const H4 = width4Of(state)
        if (this.parameters.has(learned)) {
          plan.dispatch(`${learned}`, 'layer/initial_state', {
            bindings: { initial: this.parameters.value(learned), state },
            size: { T, B, D, H4 },
            grid: [D * H4, B, 1],
            constants: backwardsOf(layer),
          })
          continue
        }
        plan.clear(`${state.label} initial`, slot(layer, state, stateSlots(layer, 0).initial))
        if (D === 2) plan.clear(`${state.label} initial, backwards`, slot(layer, state, T + 1))
      }
  }

  /** As `carry`, between the steps of a training: after one that was dropped they are those it began with. A dispatch for each state,
   * where `carry` has two copies. */
  carryTrained(plan: Plan, statistics: View): void {
    for (const layer of this.layers)
      for (const { state } of statesOf(layer)) {
        const n4 = slot(layer, state, 0).size / 16
        const stride = 64 * Math.min(Math.ceil(n4 / 64), 4096)
        plan.dispatch(`${state.label} carried`, 'layer/carry_state', {
          bindings: { statistics, state },
          size: { n4, stride, T: layer.T },
          grid: [stride, 1, 1],
        })
      }
  }

  /** The initial states become the final ones of the run before: text goes on, the gradient does not. */
  carry(plan: Plan): void {
    for (const layer of this.layers)
      for (const { state } of statesOf(layer)) {
        const from = slot(layer, state, layer.T)
        const between: View = { ...this.between, size: from.size }
        plan.copy(`${state.label} carried`, from, between)
        plan.copy(`${state.label} carried`, between, slot(layer, state, 0))
      }
  }

  /** Whether `carry` makes sense: a state read from the end has no end to go on from. */
  get carries(): boolean {
    return recurrentLayers(this.parameters.spec).every(({ layer }) => readsForwards(layer))
  }

  /** Whether initial states are learned, from the batches that begin with them. */
  get learns(): boolean {
    return recurrentLayers(this.parameters.spec).some(({ layer }) => layer.learnInitial)
  }

  /** Where each state of these rows lies in a buffer of their own: `layoutOfStates` of the network. */
  get layout(): readonly StateLayout[] {
    return layoutOfStates(this.parameters.spec, this.layers[0]!.B)
  }

  /** The initial states become those of a buffer of their own, for both directions. */
  encodeLoad(encoder: GPUCommandEncoder, from: GPUBuffer): void {
    this.#eachHalf(({ buffer, offset }, within, size, to) => encoder.copyBufferToBuffer(from, within, buffer, offset + to.initial, size))
  }

  /** The final states go to a buffer of their own. */
  encodeStore(encoder: GPUCommandEncoder, to: GPUBuffer): void {
    this.#eachHalf(({ buffer, offset }, within, size, from) => encoder.copyBufferToBuffer(buffer, offset + from.final, to, within, size))
  }

  /** Walks over what lies together both in a state tensor and in a buffer of states: all rows of a layer of one direction; a row of one
   * direction, where two begin and end in slots of their own. */
  #eachHalf(visit: (state: Tensor, within: number, size: number, at: { readonly initial: number; readonly final: number }) => void): void {
    let next = 0
    const { layout } = this
    for (const layer of this.layers)
      for (const { state } of statesOf(layer)) {
        const { B, D } = layer
        const H4 = width4Of(state)
        const { offset, size: all } = layout[next++]!
        const size = D === 1 ? all : H4 * 16
        for (let n = 0; n < all / size; n++) {
          const { initial, final } = stateSlots(layer, D === 2 ? n % 2 : 0)
          const at = (slot: number) => slot * B * D * H4 * 16 + n * size
          visit(state, offset + n * size, size, { initial: at(initial), final: at(final) })
        }
      }
  }

  /** The states after the last step, [B, D, H] each, by name (`layers.0.h`): what `carry` takes. */
  get finals(): Map<string, Tensor> {
    return this.#slots(({ T }) => T)
  }

  /** The states that the steps began with, likewise: of the direction that reads forwards. */
  get initials(): Map<string, Tensor> {
    return this.#slots(() => 0)
  }

  #slots(index: (layer: LayerContext) => number): Map<string, Tensor> {
    const last = ({ name, state }: LayerStateMemory, layer: LayerContext): Tensor => ({
      ...slot(layer, state, index(layer)),
      label: `${layer.name}.${name}`,
      shape: state.shape.slice(1),
    })
    const all = this.layers.flatMap((layer) => statesOf(layer).map((memory) => last(memory, layer)))
    return new Map(all.map((state) => [state.label, state]))
  }

  /** Sets the initial states of the recurrent layer at a place, each [B, D, H]. @throws SluiceError `bad-shape`. */
  write(place: number, given: { readonly h?: ArrayLike<number> | undefined; readonly c?: ArrayLike<number> | undefined }): void {
    const layer = this.layers[place]!
    for (const { name, state } of statesOf(layer)) {
      const values = given[name]
      if (!values) continue
      const memory = pack(`${layer.name} initial ${name}`, state.shape.slice(1), values)
      for (const index of layer.D === 2 ? [0, layer.T + 1] : [stateSlots(layer, 0).initial]) {
        const { buffer, offset } = slot(layer, state, index)
        this.gpu.device.queue.writeBuffer(buffer, offset, memory)
      }
    }
  }
}
