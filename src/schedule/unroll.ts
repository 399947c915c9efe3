// A network unrolled over T steps of B rows: its tensors on the GPU, and the plans that run it.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { checkRoom, planned } from '../gpu/dry-run'
import type { Plan } from '../gpu/plan'
import { strategyOf, type StrategyName } from '../gpu/strategy'
import { pad4, padded, plain, tensor, type Dimension, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import type { LayerSpec, NetworkSpec } from '../spec'
import { Batch } from './batch'
import { Graph } from './graph'
import { groupsOf, groupsSize, needsGroups, type Traits } from './groups'
import type { HeadSchedule } from './head'
import { layerContext, type LayerContext, type LayerMemory } from './context'
import { lookUp, lookUpBackward } from './lookup'
import { columnSums, type Matrix } from './products'
import { allocateSequenceDropout } from './sequence-dropout'
import { forwardLength, segmentLength } from './segments'
import { allocateStack, layersPerBuffer, stacksOf } from './stack'
import { learnedOf, States, width4Of } from './states'

export interface UnrollOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of the batch. */
  readonly batch: number
  /** Whether backward will run; without it nothing is saved for gradients. */
  readonly train: boolean
  /** Whether only the gates of a segment of the steps stay in memory, and backward computes the others again; a number: of so many steps.
   * Default false. */
  readonly recompute?: boolean | number | undefined
  /** Whether the network's dropout acts. Default false. */
  readonly dropout?: boolean
  /** Whether backward also makes the gradient of dense features. Default false. */
  readonly inputGradient?: boolean
  /** Whether backward also makes the gradients of the initial states. Default false. */
  readonly initialGradient?: boolean
  /** Whether backward leaves dL/dh of every step in `dy`. Default false. */
  readonly inspect?: boolean
  /** How parameters are trained that are not trained as all others, by name. */
  readonly traits?: ReadonlyMap<string, Traits> | undefined
}

/** Buffers of the caller's, to be used in place of own ones, in the shapes of the tensors of the same name. */
export interface UnrollBuffers {
  readonly x?: GPUBuffer | undefined
  readonly dx?: GPUBuffer | undefined
  /** Gradient of the last layer's outputs. */
  readonly dy?: GPUBuffer | undefined
}

export class Unrolled {
  readonly batch: Batch
  /** The recurrent layers. */
  readonly layers: readonly LayerContext[]
  /** How all layers and the head hang together. */
  readonly graph: Graph
  /** The recurrent layers in stacks, by number, and the memory of all of a stack, in the shape of that of its first layer. */
  readonly stacks: readonly { readonly layers: readonly number[]; readonly together: { readonly memory: LayerMemory } }[]
  readonly states: States
  readonly head: HeadSchedule | null
  /** Dense features [T, B, I], or embedded ids. */
  readonly x: Tensor | null
  /** Gradient of `x`. */
  readonly dx: Tensor | null
  /** Mean loss, gradient norm, clipping factor. */
  readonly statistics: View
  /** Sums of squares on the way to the norm, one a workgroup. */
  readonly partials: View
  /** The groups of parameters (shaders/lib/groups.wgsl); null where all are trained alike. */
  readonly groups: View | null
  readonly #between: View
  readonly #owned: GPUBuffer[] = []

  constructor(
    readonly gpu: Gpu,
    readonly parameters: Parameters,
    readonly options: UnrollOptions,
    callers: UnrollBuffers = {},
  ) {
    const { spec } = this
    const { steps: T, batch: B, train } = options
    const forwardOnly = !train && !options.inspect
    const S = Math.min(segmentLength(T, options.recompute), forwardOnly ? forwardLength(T, B) : T)
    this.batch = new Batch(gpu, spec, T, B)
    this.#owned.push(this.batch.buffer)
    const whole = (label: string, size: number): View => {
      const buffer = gpu.buffer(label, size)
      this.#owned.push(buffer)
      return { buffer, offset: 0, size }
    }
    const own = (tensor: Tensor): Tensor => {
      if (!Object.values(callers).includes(tensor.buffer)) this.#owned.push(tensor.buffer)
      return tensor
    }
    const make = (label: string, shape: readonly Dimension[], buffer?: GPUBuffer): Tensor => own(tensor(gpu, label, shape, buffer))
    this.statistics = whole('statistics', 16)
    this.partials = whole('partials', 1024)
    const scratch = whole('scratch', 16)
    this.groups = train && needsGroups(spec, options.traits) ? whole('parameter groups', groupsSize(parameters)) : null
    const dense = 'features' in spec.input ? spec.input.features : spec.input.embedding
    this.x = dense ? make('x', [plain(T), plain(B), padded(dense)], callers.x) : null
    this.dx = dense && train && ('embedding' in spec.input || options.inputGradient) ? make('dx', [plain(T), plain(B), padded(dense)], callers.dx) : null
    // A buffer of the caller's holds what is of one layer; and layers go by segments one after the other.
    const drops = options.dropout === true && (spec.dropout ?? 0) > 0
    const most = (layer: LayerSpec) => (callers.dy || S < T ? 1 : layersPerBuffer(gpu, layer, { T, B, dropout: drops }))
    const layers: LayerContext[] = []
    this.stacks = stacksOf(spec, most).map((stack) => {
      const dy = stack.includes(spec.layers.length - 1) ? callers.dy : undefined
      const masks = options.dropout === true && ((spec.layers[stack[0]!] as LayerSpec).recurrentDropout ?? 0) > 0
      const { whole, each } = allocateStack(gpu, spec, stack, { T, S, B, train, dropout: drops, masks, dy })
      for (const t of Object.values({ ...whole, dropped: null }) as (Tensor | null)[]) if (t) own(t)
      const shared = { parameters, lengths: this.batch.lengths, ids: this.batch.ids, scratch, keep: options.inspect === true }
      stack.forEach((l, i) => {
        const inside = options.dropout ? allocateSequenceDropout(gpu, spec, l, { S, B, train, control: this.batch.control }) : null
        this.#owned.push(...(inside?.buffers ?? []))
        layers.push(layerContext(spec, { l, layer: spec.layers[l] as LayerSpec }, { T, S, B }, { ...shared, memory: each[i]!, drops: inside }))
      })
      return { layers: stack, together: { memory: whole } }
    })
    this.layers = layers
    const widest = Math.max(...this.layers.map(({ D, H4 }) => B * D * H4 * 16))
    this.#between = whole('carried', Math.max(B * 4, widest))
    this.states = new States(gpu, parameters, this.layers, this.#between)
    this.graph = new Graph(gpu, parameters, {
      T,
      B,
      train,
      layers,
      x: this.x && { rows: this.#matrix(this.x), gradient: this.dx && this.#matrix(this.dx) },
      batch: this.batch,
      scratch,
      drops,
    })
    this.head = this.graph.head
    this.#owned.push(...this.graph.buffers)
  }

  get spec(): NetworkSpec {
    return this.parameters.spec
  }

  /** A plan for the device that this is on, which `build` appends to; `strategy`: how recurrences are
   * dispatched, the device's choice unless given. @throws SluiceError `too-large` for more dispatches than the device has room for. */
  plan(name: string, build: (plan: Plan) => void, strategy?: StrategyName): Plan {
    return planned(this.gpu, name, { ...this.gpu.tuning, ...(strategy && { strategy: strategyOf(strategy) }) }, build)
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.#owned.reduce((n, buffer) => n + buffer.size, 0)
  }

  #matrix(tensor: Tensor): Matrix {
    return { view: tensor, stride: pad4(tensor.shape.at(-1)!.size) / 4 }
  }

  /** Forward over steps s0 … s1 − 1, all of them unless told otherwise. A part only makes sense for a network that
   * reads forwards and has no dropout; the state then comes from slot s0. */
  forward(plan: Plan, s0 = 0, s1 = this.options.steps): void {
    this.lookUp(plan, s0, s1)
    this.layersForward(plan, s0, s1)
    this.graph.headForward(plan, s0, s1)
  }

  /** The rows of the embedding that the ids of steps s0 … s1 − 1 stand for; nothing without one. */
  lookUp(plan: Plan, s0: number, s1: number): void {
    const { batch: B } = this.options
    if (this.embedding) lookUp(plan, 'embedding', { ...this.embedding, ids: this.batch.ids, first: s0 * B, count: (s1 - s0) * B })
  }

  /** The embedding, and where its rows go; null for a network without one. */
  get embedding(): { table: View; out: View; stride: number } | null {
    const { parameters, x } = this
    return x && parameters.has('embedding') ? { table: parameters.value('embedding'), out: x, stride: this.#matrix(x).stride } : null
  }

  /** The layers over steps s0 … s1 − 1, of features, of ids or of what `lookUp` has looked up. */
  layersForward(plan: Plan, s0: number, s1: number): void {
    this.graph.forward(plan, s0, s1)
  }

  /** Everything that backward adds to becomes zero: the gradients of final states, and of outputs that no reader or several have. */
  clearGradients(plan: Plan): void {
    this.graph.clearGradients(plan)
  }

  /** From the gradient of the logits, and what `clearGradients` cleared or a caller has put there since, to those of
   * every parameter. With `add` the gradient of the outputs is added to what is in the last layer's `dy`. A layer does
   * not learn an initial state that came with the run (`initialCame`). */
  backward(plan: Plan, { add = false, initialCame = () => false }: { add?: boolean; initialCame?: InitialCame } = {}): void {
    const { steps: T, batch: B, initialGradient = false } = this.options
    this.graph.backward(plan, { add, initial: initialGradient, behind: (layer, place) => this.#learnedGradients(plan, layer, place, initialCame) })
    if ('ids' in this.spec.input && this.dx)
      lookUpBackward(plan, 'embedding backward', {
        starts: this.batch.starts,
        positions: this.batch.positions,
        dout: this.dx,
        dtable: this.parameters.gradient('embedding'),
        V: this.spec.input.ids,
        first: 0,
        count: T * B,
        stride: this.#matrix(this.dx).stride,
      })
  }

  /** The gradients of the learned initial states of a layer, unless others came with the run. */
  #learnedGradients(plan: Plan, layer: LayerContext, place: number, initialCame: InitialCame): void {
    const { batch: B } = this.options
    for (const { name, gradient } of learnedOf(layer)) {
      const sums = this.parameters.gradient(`${layer.name}.${name}0`)
      const width = layer.D * width4Of(gradient!)
      if (initialCame(place, name)) plan.clear(`${layer.name} d${name}0`, sums)
      else columnSums(plan, `${layer.name} d${name}0`, { b: { view: gradient!, stride: width }, K: B, N4: width, sums: { view: sums }, unused: layer.scratch })
    }
  }

  /** Mean loss and, where `partials` > 0, gradient norm and clipping factor, from as many partial sums. */
  finish(plan: Plan, partials: number): void {
    plan.dispatch('statistics', 'loss/statistics', {
      bindings: { control: this.batch.control, losses: this.head?.losses ?? this.partials, partials: this.partials, statistics: this.statistics },
      size: { rows: this.batch.rows, partials },
      grid: [1, 1, 1],
      width: plan.tuning.reductionWidth,
    })
  }

  /** The first id becomes the last one drawn. */
  carryId(plan: Plan): void {
    const { buffer, offset } = this.batch.ids
    const size = this.options.batch * 4
    const between: View = { ...this.#between, size }
    plan.copy('id carried', { buffer, offset: offset + this.options.steps * size, size }, between)
    plan.copy('id carried', between, { buffer, offset, size })
  }

  /** Sends what does not change from run to run. */
  writeGroups(): void {
    if (this.groups) this.gpu.device.queue.writeBuffer(this.groups.buffer, 0, groupsOf(this.parameters, this.options.traits))
  }

  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy()
  }
}

/** Whether the run came with an initial state of the recurrent layer at a place. */
type InitialCame = (place: number, name: 'h' | 'c') => boolean

/** Allocates what `make` makes of the device, an unrolled network and whatever goes with it; nothing where not all of it
 * can be. Rows are of full length until told otherwise. @throws SluiceError `too-large`. */
export async function unroll<Made extends { readonly unrolled: Unrolled }>(gpu: Gpu, what: string, make: (gpu: Gpu) => Made): Promise<Made> {
  checkRoom(gpu, what, make)
  const allocated = await gpu.checked(what, () => make(gpu))
  allocated.unrolled.batch.write({})
  allocated.unrolled.writeGroups()
  return allocated
}
