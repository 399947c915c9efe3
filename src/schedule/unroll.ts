// A network unrolled over T steps of B rows: what it keeps on the GPU, and the plans that run it.
import { SluiceError } from '../errors'
import { contracts } from '../gpu/contracts'
import type { Gpu, View } from '../gpu/device'
import { writeStruct } from '../gpu/kernels'
import type { Plan } from '../gpu/plan'
import { pack, pad4, padded, plain, tensor, type Dimension, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { ignored, type NetworkSpec } from '../spec'
import {
  allocateLayer, inputForward, inputSize4, layerBackward, layerContext, lookUp, lookUpBackward, outputs, stepsForward,
  type LayerContext, type LayerInput,
} from './layer'
import { productNN, productNT, productTN, type Matrix } from './products'

export interface UnrollOptions {
  /** T, steps. */
  readonly steps: number
  /** B, rows of the batch. */
  readonly batch: number
  /** Whether backward will run; without it nothing is kept for gradients. */
  readonly train: boolean
  /** Whether backward also makes the gradient of dense features. Default false. */
  readonly inputGradient?: boolean
  /** Whether backward also makes the gradients of the initial states. Default false. */
  readonly initialGradient?: boolean
}

/** The numbers that change from step to step: shaders/lib/control.wgsl. */
export type Control = Readonly<Record<keyof (typeof contracts)['loss/statistics']['bindings']['control']['fields'], number>>

export interface UploadedBatch {
  /** Ids [T, B]; for a network that reads features, those go through `features`. */
  readonly inputs?: Uint32Array | undefined
  /** Targets [T, B]; one of V or more, or past the end of its row, is not counted. */
  readonly targets?: Uint32Array | undefined
  /** Steps of each row, [B]; T for each unless given. */
  readonly lengths?: Uint32Array | undefined
  /** All but `weight`, which follows from the targets. */
  readonly control?: Partial<Omit<Control, 'weight'>> | undefined
}

const control = contracts['loss/statistics'].bindings.control

export class Unrolled {
  readonly layers: readonly LayerContext[]
  /** Dense features [T, B, I], or embedded ids. */
  readonly x: Tensor | null
  /** Gradient of `x`. */
  readonly dx: Tensor | null
  /** [T, B, V]: the output layer's, then (training) their gradient. */
  readonly logits: Tensor
  /** Loss of each row, [T·B]. */
  readonly losses: View
  /** Mean loss, gradient norm, clipping factor. */
  readonly statistics: View
  /** Sums of squares on the way to the norm, one a workgroup. */
  readonly partials: View
  /** What the CPU sends for a step lies in one buffer, so it is one write. */
  readonly #upload: GPUBuffer
  readonly ids: View
  readonly targets: View
  readonly lengths: View
  readonly control: View
  readonly #starts: View
  readonly #positions: View
  readonly #between: View
  readonly #staging: ArrayBuffer
  readonly #owned: GPUBuffer[] = []

  constructor(
    readonly gpu: Gpu,
    readonly spec: NetworkSpec,
    readonly parameters: Parameters,
    readonly options: UnrollOptions,
  ) {
    const { steps: T, batch: B, train } = options
    const V = 'ids' in spec.input ? spec.input.ids : 0
    let bytes = 0
    const part = (size: number) => {
      const at = bytes
      bytes = Math.ceil((bytes + size) / 256) * 256
      return { offset: at, size }
    }
    const parts = {
      control: part(control.size), lengths: part(B * 4), targets: part(T * B * 4),
      // One id more than is read: writing puts the next one there.
      ids: part((T + 1) * B * 4), starts: part((V + 1) * 4), positions: part(T * B * 4),
    }
    this.#upload = this.#own(gpu.buffer('batch', bytes))
    this.#staging = new ArrayBuffer(bytes)
    const view = (p: { offset: number; size: number }): View => ({ buffer: this.#upload, ...p })
    this.control = view(parts.control)
    this.lengths = view(parts.lengths)
    this.targets = view(parts.targets)
    this.ids = view(parts.ids)
    this.#starts = view(parts.starts)
    this.#positions = view(parts.positions)

    const whole = (label: string, size: number): View => ({ buffer: this.#own(gpu.buffer(label, size)), offset: 0, size })
    const make = (label: string, ...shape: Dimension[]) => this.#keep(tensor(gpu, label, shape))
    this.statistics = whole('statistics', 16)
    this.partials = whole('partials', 1024)
    this.losses = whole('losses', T * B * 4)
    const scratch = whole('scratch', 16)
    const dense = 'features' in spec.input ? spec.input.features : spec.input.embedding
    this.x = dense ? make('x', plain(T), plain(B), padded(dense)) : null
    this.dx = dense && train && ('embedding' in spec.input || options.inputGradient) ? make('dx', plain(T), plain(B), padded(dense)) : null
    this.layers = spec.layers.map((_, l) => {
      const memory = allocateLayer(gpu, spec, l, T, B, train)
      for (const t of Object.values(memory)) if (t) this.#keep(t)
      return layerContext(spec, l, T, B, { parameters, memory, lengths: this.lengths, scratch })
    })
    this.#between = whole('carried', Math.max(B * 4, ...this.layers.map(({ D, H4 }) => B * D * H4 * 16)))
    this.logits = make('logits', plain(T), plain(B), padded(spec.head.classes))
    this.write({})
  }

  #own(buffer: GPUBuffer): GPUBuffer {
    this.#owned.push(buffer)
    return buffer
  }

  #keep(tensor: Tensor): Tensor {
    this.#own(tensor.buffer)
    return tensor
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.#owned.reduce((n, buffer) => n + buffer.size, 0)
  }

  /** Sends a batch: one write, which the GPU takes in after the step before. The loss is the mean over the targets that
   * count; returns how many do. */
  write({ inputs, targets, lengths, control: values }: UploadedBatch): number {
    this.gpu.checkAlive()
    const { steps: T, batch: B } = this.options
    const u32 = ({ offset, size }: View) => new Uint32Array(this.#staging, offset, size / 4)
    const [rows, wanted] = [u32(this.lengths), u32(this.targets)]
    if (lengths) rows.set(lengths)
    else rows.fill(T)
    let counted = 0
    if (targets)
      targets.forEach((target, n) => {
        const counts = target < this.spec.head.classes && Math.floor(n / B) < rows[n % B]!
        wanted[n] = counts ? target : ignored
        counted += Number(counts)
      })
    if (inputs) {
      u32(this.ids).set(inputs)
      sortPositions(inputs, u32(this.#starts), u32(this.#positions))
    }
    writeStruct(new DataView(this.#staging), this.control.offset, control.fields, { ...values, weight: 1 / Math.max(1, counted) })
    this.gpu.device.queue.writeBuffer(this.#upload, 0, this.#staging)
    return counted
  }

  /** Sets the initial states of layer `l`, each [B, D, H]. @throws SluiceError `bad-shape`. */
  writeInitial(l: number, state: { readonly h: ArrayLike<number>; readonly c?: ArrayLike<number> | undefined }): void {
    const layer = this.layers[l]
    if (!layer) throw new SluiceError('bad-shape', `an initial state came for layer ${l}, but the network has ${this.layers.length} layers`)
    for (const tensor of statesOf(layer)) {
      const values = tensor === layer.memory.h ? state.h : state.c
      if (!values) continue
      const memory = pack(`${layer.name} initial state`, tensor.shape.slice(1), values)
      for (const index of layer.D === 2 ? [0, layer.T + 1] : [0]) {
        const { buffer, offset } = slot(layer, tensor, index)
        this.gpu.device.queue.writeBuffer(buffer, offset, memory)
      }
    }
  }

  #input(l: number): LayerInput {
    if (l > 0) return { x: outputs(this.layers[l - 1]!), I4: inputSize4(this.spec, l) }
    if (this.x) return { x: this.#matrix(this.x), I4: inputSize4(this.spec, 0) }
    return { ids: this.ids, starts: this.#starts, positions: this.#positions, V: (this.spec.input as { ids: number }).ids }
  }

  #matrix(tensor: Tensor): Matrix {
    return { view: tensor, stride: pad4(tensor.shape.at(-1)!.size) / 4 }
  }

  /** Forward over steps s0 … s1 − 1, all of them unless told otherwise. A part only makes sense for a network that
   * reads forwards; then the state comes from slot s0. */
  forward(plan: Plan, s0 = 0, s1 = this.options.steps): void {
    const { batch: B } = this.options
    if (this.x && 'ids' in this.spec.input) {
      const { zeros } = this.parameters
      const table = this.parameters.value('embedding')
      lookUp(plan, 'embedding', { ids: this.ids, table, bias: zeros, out: this.x, first: s0 * B, count: (s1 - s0) * B, width4: this.#matrix(this.x).stride })
    }
    this.layers.forEach((layer, l) => {
      inputForward(plan, layer, this.#input(l), s0, s1)
      stepsForward(plan, layer, s0, s1)
    })
    const last = this.layers.at(-1)!
    const y = outputs(last)
    const o = this.#matrix(this.logits)
    productNN(plan, 'head O = H W_q + b_q', {
      a: { ...y, at: y.at! + s0 * B * y.stride },
      b: { view: this.parameters.value('head.W'), stride: o.stride },
      bias: { view: this.parameters.value('head.b') },
      c: { ...o, at: s0 * B * o.stride },
      M: (s1 - s0) * B, N4: o.stride, K4: y.stride,
    })
  }

  /** The loss of every row; where `gradient`, the logits become their gradient. */
  loss(plan: Plan, gradient: boolean): void {
    const rows = this.options.steps * this.options.batch
    plan.dispatch('loss', 'loss/cross_entropy', {
      bindings: { control: this.control, targets: this.targets, logits: this.logits, losses: this.losses },
      size: { rows, V: this.spec.head.classes, stride4: this.#matrix(this.logits).stride },
      grid: [rows, 1, 1],
      constants: { gradient },
    })
  }

  /** From the gradient of the logits to those of every parameter. */
  backward(plan: Plan): void {
    const { steps: T, batch: B } = this.options
    const { parameters } = this
    const last = this.layers.at(-1)!
    const y = outputs(last)
    const o = this.#matrix(this.logits)
    const rows = { M: T * B }
    productNT(plan, 'head dH', {
      ...rows, a: o, b: { view: parameters.value('head.W'), stride: o.stride },
      c: { view: last.memory.dy!, stride: y.stride }, N4: y.stride, K4: o.stride,
    })
    productTN(plan, 'head dW', {
      a: y, b: o, c: { view: parameters.gradient('head.W'), stride: o.stride },
      M: 4 * y.stride, N4: o.stride, K: T * B, sums: { view: parameters.gradient('head.b') }, unused: last.scratch,
    })
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const below = this.layers[l - 1]
      const dx = below ? { view: below.memory.dy!, stride: below.D * below.H4 } : this.dx ? this.#matrix(this.dx) : null
      layerBackward(plan, this.layers[l]!, this.#input(l), { dx, initial: this.options.initialGradient === true })
    }
    if ('ids' in this.spec.input && this.dx)
      lookUpBackward(plan, 'embedding backward', {
        starts: this.#starts, positions: this.#positions, dout: this.dx,
        dtable: parameters.gradient('embedding'), V: this.spec.input.ids, width4: this.#matrix(this.dx).stride,
      })
  }

  /** Mean loss and, where `partials` > 0, gradient norm and clipping factor, from as many partial sums. */
  finish(plan: Plan, partials: number): void {
    plan.dispatch('statistics', 'loss/statistics', {
      bindings: { control: this.control, losses: this.losses, partials: this.partials, statistics: this.statistics },
      size: { rows: this.options.steps * this.options.batch, partials },
      grid: [64, 1, 1],
    })
  }

  /** The initial states become zero. */
  fresh(plan: Plan): void {
    for (const layer of this.layers)
      for (const state of statesOf(layer)) {
        plan.clear(`${state.label} initial`, slot(layer, state, 0))
        if (layer.D === 2) plan.clear(`${state.label} initial, backwards`, slot(layer, state, layer.T + 1))
      }
  }

  /** The initial states become the final ones of the run before, or those after `steps` steps of it: text goes on, the
   * gradient does not. By way of a buffer between, as WebGPU copies nothing within a buffer. */
  carry(plan: Plan, steps = this.options.steps): void {
    for (const layer of this.layers)
      for (const state of statesOf(layer)) {
        const from = slot(layer, state, steps)
        const between: View = { ...this.#between, size: from.size }
        plan.copy(`${state.label} carried`, from, between)
        plan.copy(`${state.label} carried`, between, slot(layer, state, 0))
      }
  }

  /** The first id becomes the last one drawn. */
  carryId(plan: Plan): void {
    const { buffer, offset } = this.ids
    const size = this.options.batch * 4
    const between: View = { ...this.#between, size }
    plan.copy('id carried', { buffer, offset: offset + this.options.steps * size, size }, between)
    plan.copy('id carried', between, { buffer, offset, size })
  }

  /** The gradients of the final states become zero. */
  clearStateGradients(plan: Plan): void {
    for (const { name, memory } of this.layers)
      for (const d of [memory.dh, memory.dc]) if (d) plan.clear(`${name} final state gradient`, d)
  }

  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy()
  }
}

const statesOf = ({ memory }: LayerContext): Tensor[] => (memory.c ? [memory.h, memory.c] : [memory.h])

/** One slot of a state tensor [T+2, B, D, H]. */
function slot(layer: LayerContext, state: Tensor, index: number): View {
  const size = layer.B * layer.D * layer.H4 * 16
  return { buffer: state.buffer, offset: index * size, size }
}

/** A counting sort of positions by id: starts[v] … starts[v + 1] − 1 are the places in `positions` of those with id v. */
export function sortPositions(ids: Uint32Array, starts: Uint32Array, positions: Uint32Array): void {
  starts.fill(0)
  for (const id of ids) starts[id + 1]!++
  for (let v = 1; v < starts.length; v++) starts[v]! += starts[v - 1]!
  const next = starts.slice()
  ids.forEach((id, n) => (positions[next[id]!++] = n))
}
