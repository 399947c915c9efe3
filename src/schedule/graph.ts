// How the layers and the head of an unrolled network hang together: in which order they run, what each reads, and where gradients meet.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { isDense, isFinal, outputShape, sourcesOf, type NetworkSpec, type Reader, type Source } from '../spec'
import type { Batch } from './batch'
import type { LayerContext } from './context'
import { allocateDense, DenseSchedule, type DenseMemory } from './dense'
import { HeadSchedule } from './head'
import { layerBackward, layerForward, type LayerInput } from './layer'
import { FinalStates, layerOutputs, Link, type Dropout, type Output } from './outputs'
import type { Matrix } from './products'
import { learnedOf } from './states'

interface GraphOptions {
  readonly T: number
  readonly B: number
  readonly train: boolean
  /** The recurrent layers, in order. */
  readonly layers: readonly LayerContext[]
  /** Dense features or embedded ids; null for ids that layers look up. */
  readonly x: { readonly rows: Matrix; readonly gradient: Matrix | null } | null
  readonly batch: Batch
  readonly scratch: View
  /** Whether dropout acts. */
  readonly drops: boolean
}

/** A layer of the network: its schedule, what it reads, and what others read of it. */
interface Node {
  readonly l: number
  /** Null: it looks ids up. */
  readonly link: Link | null
  readonly output: Output
  /** Of a recurrent layer; and its place among them. */
  readonly recurrent: { readonly context: LayerContext; readonly place: number } | null
  readonly dense: DenseSchedule | null
  /** Outputs before dropout, where they are not states: of a dense layer, or merged. */
  readonly y: Tensor | null
  /** Gradient of its outputs. */
  readonly dy: Tensor | null
}

export class Graph {
  readonly head: HeadSchedule | null
  readonly buffers: GPUBuffer[] = []
  readonly #spec: NetworkSpec
  readonly #nodes: Node[] = []
  readonly #x: Output | null
  /** Final states that something reads, by layer. */
  readonly #finals = new Map<number, FinalStates>()
  readonly #headLink: Link | null

  constructor(
    gpu: Gpu,
    parameters: Parameters,
    private readonly options: GraphOptions,
  ) {
    const { T, B, train, layers, x, batch, scratch } = options
    const spec = (this.#spec = parameters.spec)
    this.#x = x && { ...x, D: 1, H: outputShape(spec, 'input')[1], adds: this.#adds('input', false) }
    let place = 0
    spec.layers.forEach((layer, l) => {
      const final = isFinal(spec, l)
      const drop = this.#dropout(l)
      const [D, H] = outputShape(spec, l)
      const name = `layers.${l}`
      const link = this.#link(gpu, l)
      if (!isDense(layer)) {
        const context = layers[place]!
        const { memory, P4 } = context
        const { merged, dropped } = memory
        const dy = memory.dmerged ?? memory.dy
        const outputs = { D, H, own: merged ?? memory.h, own4: merged ? 0 : B * D * P4, dropped, dy, count: T * B, adds: this.#adds(l, false) }
        this.#nodes.push({ l, link, output: layerOutputs(name, outputs, drop), recurrent: { context, place: place++ }, dense: null, y: merged, dy })
        return
      }
      const memory: DenseMemory = allocateDense(gpu, name, layer, { shape: final ? [B] : [T, B], train, dropout: drop !== null })
      this.buffers.push(memory.y.buffer, ...(memory.dy ? [memory.dy.buffer] : []))
      const count = final ? B : T * B
      const output = layerOutputs(name, { D, H, own: memory.y, dropped: memory.dropped, dy: memory.dy, count, adds: this.#adds(l, final) }, drop)
      const dense = new DenseSchedule(name, layer, link!, memory, parameters, scratch, count)
      this.#nodes.push({ l, link, output, recurrent: null, dense, y: memory.y, dy: memory.dy })
    })
    this.#headLink = spec.head ? this.#link(gpu, 'head') : null
    this.head = spec.head ? new HeadSchedule(gpu, spec.head, this.#headLink!, parameters, batch, { T, B, scratch }) : null
    this.buffers.push(...(this.head?.buffers ?? []))
  }

  /** Of the last layer: its outputs, where they are not states, and their gradient. */
  get last(): Pick<Node, 'y' | 'dy'> {
    return this.#nodes.at(-1)!
  }

  /** Whether a reader reads final states. */
  #readsFinal(reader: Reader): boolean {
    return reader === 'head' ? this.#spec.head!.at === 'last' : isFinal(this.#spec, reader)
  }

  /** What reads a source: at every step, or its final states. */
  #readers(source: Source, final: boolean): Reader[] {
    const all: Reader[] = [...this.#spec.layers.keys(), ...(this.#spec.head ? ['head' as const] : [])]
    return all.filter((reader) => this.#readsFinal(reader) === final && sourcesOf(this.#spec, reader).includes(source))
  }

  /** Whether the readers of a source add to its gradient. One that reads it alone writes it, unless it joins it with others. */
  #adds(source: Source, final: boolean): boolean {
    const readers = this.#readers(source, final)
    return readers.length > 1 || readers.some((reader) => sourcesOf(this.#spec, reader).length > 1)
  }

  /** Dropout of the outputs of layer `l`; null where none acts. */
  #dropout(l: number): Dropout | null {
    const { drops, batch } = this.options
    return drops && l < this.#spec.layers.length - 1 ? { index: l, p: this.#spec.dropout!, control: batch.control } : null
  }

  /** What a reader reads; null: ids, which it looks up. */
  #link(gpu: Gpu, reader: Reader): Link | null {
    const { T, B } = this.options
    const final = this.#readsFinal(reader)
    const outputs = sourcesOf(this.#spec, reader).map((source) => this.#output(gpu, source, final))
    if (outputs.includes(null)) return null
    const link = new Link(gpu, reader === 'head' ? 'head' : `layers.${reader}`, outputs as Output[], final ? B : T * B)
    this.buffers.push(...link.buffers)
    return link
  }

  #output(gpu: Gpu, source: Source, final: boolean): Output | null {
    if (source === 'input') return this.#x
    const { recurrent, output } = this.#nodes[source]!
    if (!final || !recurrent) return output
    const known = this.#finals.get(source)
    if (known) return known
    const states = new FinalStates(gpu, recurrent.context, output.H, this.#dropout(source), { several: this.#adds(source, true) })
    this.#finals.set(source, states)
    this.buffers.push(...states.buffers)
    return states
  }

  /** What a recurrent layer reads, as its schedule takes it. */
  #input({ link }: Node): LayerInput {
    if (link) return { x: link.x, I4: link.x.stride }
    const { starts, positions } = this.options.batch
    return { starts, positions, V: (this.#spec.input as { ids: number }).ids }
  }

  /** All layers over steps s0 … s1 − 1. */
  forward(plan: Plan, s0: number, s1: number): void {
    const { B } = this.options
    for (const node of this.#nodes) {
      const { l, link, recurrent, dense, output } = node
      const rows = this.#readsFinal(l) ? ([0, B] as const) : ([s0 * B, s1 * B] as const)
      link?.forward(plan, ...rows)
      if (recurrent) layerForward(plan, recurrent.context, this.#input(node), { first: s0, end: s1 })
      dense?.forward(plan, ...rows)
      output.forward?.(plan)
      if (l === this.#lastRecurrent) for (const final of this.#finals.values()) final.forward(plan)
    }
  }

  get #lastRecurrent(): number {
    return this.#nodes.findLast(({ recurrent }) => recurrent)!.l
  }

  /** The head over steps s0 … s1 − 1; one at the last step has no others. Nothing without a head. */
  headForward(plan: Plan, s0: number, s1: number): void {
    const { B } = this.options
    const rows = this.#spec.head?.at === 'last' ? ([0, B] as const) : ([s0 * B, s1 * B] as const)
    this.#headLink?.forward(plan, ...rows)
    this.head?.forward(plan, ...rows)
  }

  clearGradients(plan: Plan): void {
    for (const { l, recurrent, dy, output } of this.#nodes) {
      const name = `layers.${l}`
      const { memory } = recurrent?.context ?? {}
      for (const d of [memory?.dh, memory?.dc]) if (d) plan.clear(`${name} final state gradient`, d)
      const final = isFinal(this.#spec, l)
      if (dy && (output.adds || this.#readers(l, final).length === 0)) plan.clear(`${name} output gradient`, dy)
      const cleared = this.#finals.get(l)?.cleared
      if (cleared) plan.clear(cleared.label, cleared)
    }
    if (this.#x?.adds && this.#x.gradient) plan.clear('input gradient', this.#x.gradient.view)
  }

  /** From the gradient of the logits to those of every parameter and of the input. With `add` the gradient of the last layer's outputs is added
   * to what is there; with `initial` the gradients of states end as those of the initial ones; `behind` comes after each recurrent layer. */
  backward(
    plan: Plan,
    { add, initial, behind }: { readonly add: boolean; readonly initial: boolean; readonly behind: (layer: LayerContext, place: number) => void },
  ): void {
    this.head?.backward(plan, add)
    if (this.head) this.#finish(plan, 'head')
    for (const node of this.#nodes.toReversed()) {
      const { l, link, recurrent, dense } = node
      if (recurrent) {
        const { context } = recurrent
        layerBackward(plan, context, this.#input(node), {
          dx: link?.dx ?? null,
          add: link?.adds ?? false,
          initial: initial || learnedOf(context).length > 0,
        })
      }
      dense?.backward(plan)
      this.#finish(plan, l)
      if (recurrent) behind(recurrent.context, recurrent.place)
    }
  }

  /** What comes after a reader's backward: the gradient of joined inputs goes to each, and those that nothing else reads are complete. */
  #finish(plan: Plan, reader: Reader): void {
    const link = reader === 'head' ? this.#headLink : this.#nodes[reader]!.link
    link?.backward(plan)
    const final = this.#readsFinal(reader)
    for (const source of sourcesOf(this.#spec, reader)) {
      if (source === 'input' || this.#readers(source, final)[0] !== reader) continue
      const states = final ? this.#finals.get(source) : undefined
      const output: Output = states ?? this.#nodes[source]!.output
      output.backward?.(plan)
    }
  }
}
