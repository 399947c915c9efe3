// What the layers and the head of an unrolled network may read: its input, and the outputs of layers, at every step or at the end of each row.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { pad4, padded, plain, tensor, type Tensor } from '../gpu/tensor'
import type { Source } from '../spec'
import { stateSlots, type LayerContext } from './context'
import { mergeBackward, mergeForward } from './merge'
import { flat, type Matrix } from './products'

/** Rows [D, H] that others may read, each H padded to whole vec4f. */
export interface Output {
  readonly D: number
  readonly H: number
  /** A row for each step and row of the batch; or, of final states and what is made of them, for each row of the batch. */
  readonly rows: Matrix
  /** Where readers leave the gradient; null: nobody wants it. */
  readonly gradient: Matrix | null
  /** Whether readers add to what is in it, as there are several of them, or something is in it from the start. */
  readonly adds: boolean
  /** What comes before the first reader: dropout. */
  forward?(plan: Plan): void
  /** What comes after the last reader of backward. */
  backward?(plan: Plan): void
}

/** Dropout of the outputs of a layer, in a run that drops. */
export interface Dropout {
  /** The layer's number. */
  readonly index: number
  readonly p: number
  readonly control: View
}

/** Multiplies values by the mask of a layer: n4 vec4f of `data` from `source`, to `to`; or all of them in place. */
export function dropout(
  plan: Plan,
  label: string,
  { index, p, control }: Dropout,
  { data, n4, ...offsets }: { readonly data: View; readonly n4: number; readonly source?: number; readonly to?: number },
): void {
  const { source = 0, to = 0 } = offsets
  const { size, grid } = flat(n4)
  plan.dispatch(label, 'layer/dropout', {
    bindings: { control, data },
    size: { ...size, layer: index, p, source_offset: source, data_offset: to },
    grid,
    constants: { in_place: offsets.to === undefined },
  })
}

/** Outputs of a layer at every step, or of a dense layer that reads final states.
 * @param own the tensor of the outputs themselves, from vec4f `own4` on; with dropout, what is read lies in its buffer too */
export function layerOutputs(
  name: string,
  {
    D,
    H,
    own,
    own4 = 0,
    dropped,
    dy,
    count,
    adds,
  }: Pick<Output, 'D' | 'H' | 'adds'> & {
    readonly own: Tensor
    readonly own4?: number
    readonly dropped: Tensor | null
    readonly dy: Tensor | null
    /** Rows. */
    readonly count: number
  },
  drop: Dropout | null,
): Output {
  const stride = (D * pad4(H)) / 4
  const n4 = count * stride
  const shape = { D, H, adds, gradient: dy && { view: dy, stride } }
  if (!drop || !dropped) return { ...shape, rows: { view: own, ...(own4 > 0 && { offset4: own4 }), stride } }
  // Both lie in one buffer, which can only be bound once.
  const both: View = { buffer: own.buffer, offset: own.offset, size: dropped.offset + dropped.size - own.offset }
  const to = (dropped.offset - own.offset) / 16
  return {
    ...shape,
    rows: { view: dropped, stride },
    forward: (plan) => dropout(plan, `${name} dropout`, drop, { data: both, n4, source: own4, to }),
    ...(dy && { backward: (plan: Plan) => dropout(plan, `${name} dropout backward`, drop, { data: dy, n4 }) }),
  }
}

/** The final states h of a recurrent layer [B, D, H], or [B, H] where its directions are merged. With dropout, or merged, their gradient has a tensor
 * of its own, else it is added to that of the states. */
export class FinalStates implements Output {
  readonly D: number
  readonly rows: Matrix
  readonly gradient: Matrix | null
  readonly adds: boolean
  readonly tensor: Tensor
  /** The gradient, where it is not that of the states. */
  readonly #own: Tensor | null

  constructor(
    gpu: Gpu,
    private readonly layer: LayerContext,
    readonly H: number,
    private readonly drop: Dropout | null,
    { several }: { readonly several: boolean },
  ) {
    const { name, B, P4, memory, merge } = layer
    const D = (this.D = merge ? 1 : layer.D)
    const shape = [plain(B), plain(D), padded(H)]
    this.tensor = tensor(gpu, drop ? `${name} final states` : 'final states', shape)
    this.rows = { view: this.tensor, stride: D * P4 }
    this.#own = (drop || merge) && memory.dh ? tensor(gpu, `${name} final states gradient`, shape) : null
    this.gradient = memory.dh && { view: this.#own ?? memory.dh, stride: D * P4 }
    this.adds = several || !this.#own
  }

  get buffers(): GPUBuffer[] {
    return [this.tensor.buffer, ...(this.#own ? [this.#own.buffer] : [])]
  }

  /** What is to be cleared before a backward pass, beside the gradients of the states. */
  get cleared(): Tensor | null {
    return this.adds ? this.#own : null
  }

  get #n4(): number {
    const { B, P4 } = this.layer
    return B * this.D * P4
  }

  forward(plan: Plan): void {
    const { B, D, P4, name, memory, merge } = this.layer
    if (merge) mergeForward(plan, this.layer, 'final', this.tensor)
    else
      plan.dispatch('head reads the final states', 'layer/final_state', {
        bindings: { h: memory.h, out: this.tensor },
        // T is where direction 0 ends.
        size: { T: stateSlots(this.layer, 0).final, B, D, H4: P4 },
        grid: [D * P4, B, 1],
      })
    if (this.drop) dropout(plan, `${name} dropout of the final states`, this.drop, { data: this.tensor, n4: this.#n4 })
  }

  backward(plan: Plan): void {
    if (!this.#own) return
    const { name, memory, merge } = this.layer
    if (this.drop) dropout(plan, `${name} dropout of the final states backward`, this.drop, { data: this.#own, n4: this.#n4 })
    if (merge) mergeBackward(plan, this.layer, 'final', this.#own)
    else
      plan.dispatch(`${name} final state gradient`, 'optimizer/add_gradients', {
        ...flat(this.#n4),
        bindings: { earlier: this.#own, gradients: memory.dh! },
      })
  }
}

/** What a layer or the head reads, as one matrix: an output as it is, or several joined. */
export class Link {
  readonly x: Matrix
  /** Where the gradient goes; null: not wanted. */
  readonly dx: Matrix | null
  /** Whether it is added to what is there. */
  readonly adds: boolean
  readonly #joined: { readonly x: Tensor; readonly dx: Tensor | null; readonly stride: number } | null = null

  constructor(
    gpu: Gpu,
    private readonly label: string,
    private readonly outputs: readonly Output[],
    /** Rows of each. */
    private readonly count: number,
  ) {
    const [first] = outputs
    if (outputs.length === 1) {
      this.x = first!.rows
      this.dx = first!.gradient
      this.adds = first!.adds
      return
    }
    const columns = padded(outputs.reduce((n, { D, H }) => n + D * H, 0))
    const make = (what: string) => tensor(gpu, `${label} ${what}`, [plain(count), columns])
    const stride = pad4(columns.size) / 4
    const dx = outputs.some(({ gradient }) => gradient) ? make('joined inputs gradient') : null
    this.#joined = { x: make('joined inputs'), dx, stride }
    this.x = { view: this.#joined.x, stride }
    this.dx = dx && { view: dx, stride }
    this.adds = false
  }

  get buffers(): GPUBuffer[] {
    return this.#joined ? [this.#joined.x.buffer, ...(this.#joined.dx ? [this.#joined.dx.buffer] : [])] : []
  }

  /** Joins rows `first` to `end` − 1, where there are several outputs. */
  forward(plan: Plan, first = 0, end = this.count): void {
    this.#eachPart((output, columns) => this.#join(plan, output.rows, this.#joined!.x, output, { columns, first, end, backward: false }))
  }

  /** Adds the gradient to that of each output, where there are several. */
  backward(plan: Plan): void {
    const { dx } = this.#joined ?? {}
    if (dx)
      this.#eachPart((output, columns) => {
        if (output.gradient) this.#join(plan, output.gradient, dx, output, { columns, first: 0, end: this.count, backward: true })
      })
  }

  #eachPart(visit: (output: Output, columns: number) => void): void {
    if (!this.#joined) return
    let columns = 0
    for (const output of this.outputs) {
      visit(output, columns)
      columns += output.D * output.H
    }
  }

  #join(
    plan: Plan,
    part: Matrix,
    joined: Tensor,
    { D, H }: Output,
    { columns, first, end, backward }: { columns: number; first: number; end: number; backward: boolean },
  ): void {
    const joined_stride = 4 * this.#joined!.stride
    plan.dispatch(`${this.label} ${backward ? 'gradient of joined inputs' : 'joins inputs'}`, 'layer/join', {
      bindings: { part: part.view, joined },
      size: {
        rows: end - first,
        columns: D * H,
        H,
        part: 4 * ((part.offset4 ?? 0) + first * part.stride),
        part_stride: 4 * part.stride,
        joined: first * joined_stride + columns,
        joined_stride,
      },
      grid: [Math.ceil((D * H) / 4), end - first, 1],
      constants: { backward },
    })
  }
}

/** By source: the outputs of layers and the input. */
export type Outputs = ReadonlyMap<Source, Output>
