// The parameters of a network on the GPU: all of them in one flat buffer, their gradients in another, so that clipping
// and the update are one dispatch each, whatever the number of layers.
import { SluiceError } from './errors'
import { checkFinite } from './finite'
import type { Gpu } from './gpu/device'
import type { View } from './gpu/view'
import { pack, padded, paddedElements, plain, unpack, type Dimension, type Tensor } from './gpu/tensor'
import { opaque } from './opaque'
import { directions, parameterShapes, type NetworkSpec } from './spec'

/** Values by parameter name, in the logical shapes of `parameterShapes`. */
export type ParameterValues = ReadonlyMap<string, ArrayLike<number>>

const align = (bytes: number) => Math.ceil(bytes / 256) * 256

/** The memory shape of a parameter: its logical shape with the dimensions that kernels read by four padded.
 * W's rows follow the layout of the layer below, [D', H'] each H' padded. */
function memoryShape(spec: NetworkSpec, name: string): readonly Dimension[] {
  const shape = parameterShapes(spec).get(name)
  if (!shape)
    throw new SluiceError(
      'bad-value',
      `there is no parameter ${name.slice(0, 60)}. This network has ${[...parameterShapes(spec).keys()].slice(0, 40).join(', ')}.`,
    )
  const kind = name.split('.').at(-1)!
  const layer = name.startsWith('layers.') ? Number(name.split('.')[1]) : -1
  const below = name === 'head.W' ? spec.layers.at(-1) : layer > 0 ? spec.layers[layer - 1] : undefined
  const rows = below ? [plain(directions(below)), padded(below.hidden)] : [padded(shape[0]!)]
  if (name === 'embedding') return [plain(shape[0]!), padded(shape[1]!)]
  if (name === 'head.W') return [...rows, padded(shape[1]!)]
  if (name === 'head.b') return [padded(shape[0]!)]
  if (kind === 'W') return [...rows, plain(shape[1]!), plain(shape[2]!), padded(shape[3]!)]
  if (kind === 'U') return [plain(shape[0]!), padded(shape[1]!), plain(shape[2]!), padded(shape[3]!)]
  return [...shape.slice(0, -1).map(plain), padded(shape.at(-1)!)]
}

/** Buffers of the caller's, to be used in place of own ones. */
export interface ParameterBuffers {
  readonly values?: GPUBuffer | undefined
  readonly gradients?: GPUBuffer | undefined
}

export class Parameters {
  readonly values: View
  readonly gradients: View
  /** Zeros, as wide as the widest bias: what kernels read where a layer has none. */
  readonly zeros: View
  readonly #tensors = new Map<string, { value: Tensor; gradient: Tensor }>()

  constructor(
    private readonly gpu: Gpu,
    readonly spec: NetworkSpec,
    private readonly given: ParameterBuffers = {},
  ) {
    opaque(this, Parameters)
    const layout = new Map<string, { shape: readonly Dimension[]; offset: number; size: number }>()
    let bytes = 0
    let widest = 16
    for (const name of parameterShapes(spec).keys()) {
      const shape = memoryShape(spec, name)
      const size = paddedElements(shape) * 4
      layout.set(name, { shape, offset: bytes, size })
      bytes = align(bytes + size)
      widest = Math.max(widest, paddedElements(shape.slice(name.startsWith('layers.') && name.endsWith('.W') ? -3 : -1)) * 4)
    }
    const whole = (label: string, size: number, buffer?: GPUBuffer): View => ({ buffer: gpu.own(label, size, buffer), offset: 0, size })
    this.values = whole('parameters', bytes, given.values)
    this.gradients = whole('gradients', bytes, given.gradients)
    this.zeros = whole('zeros', widest)
    for (const [name, { shape, offset, size }] of layout) {
      const at = (view: View, label: string): Tensor => ({ label, shape, buffer: view.buffer, offset, size })
      this.#tensors.set(name, { value: at(this.values, name), gradient: at(this.gradients, `d ${name}`) })
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Parameters'
  }

  get names(): string[] {
    return [...this.#tensors.keys()]
  }

  /** How many numbers are learned (padding not counted). */
  get count(): number {
    return [...parameterShapes(this.spec).values()].reduce((n, shape) => n + shape.reduce((a, b) => a * b, 1), 0)
  }

  value(name: string): Tensor {
    return this.#of(name).value
  }

  gradient(name: string): Tensor {
    return this.#of(name).gradient
  }

  has(name: string): boolean {
    return this.#tensors.has(name)
  }

  #of(name: string) {
    const tensors = this.#tensors.get(name)
    if (!tensors) throw new SluiceError('bad-value', `there is no parameter ${name.slice(0, 60)}. This network has ${this.names.slice(0, 40).join(', ')}.`)
    return tensors
  }

  /** Sets parameters; those not named keep their values. Nothing is written unless all names and sizes are right.
   * `into`: another buffer with the same layout.
   * @throws SluiceError `bad-value` for a name the network has not or a number that is not finite, `bad-shape` for a size. */
  write(values: ParameterValues, into: View = this.values): void {
    this.gpu.checkAlive()
    const packed = [...values].map(([name, v]) => {
      const memory = pack(name, this.value(name).shape, v)
      checkFinite(name, v)
      return { to: this.value(name), memory }
    })
    for (const { to, memory } of packed) this.gpu.device.queue.writeBuffer(into.buffer, to.offset, memory)
  }

  /** Every parameter, in its logical shape. */
  read(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return this.gpu.read(this.values).then((memory) => this.unpack(memory))
  }

  /** Every gradient of the last backward pass, before clipping. */
  readGradients(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return this.gpu.read(this.gradients).then((memory) => this.unpack(memory))
  }

  /** What was copied from one of the flat buffers, by parameter in its logical shape. */
  unpack(memory: ArrayBuffer): Map<string, Float32Array<ArrayBuffer>> {
    const entries = [...this.#tensors].map(([name, { value }]) => [name, unpack(value.shape, new Float32Array(memory, value.offset, value.size / 4))] as const)
    return new Map(entries)
  }

  /** Bytes on the GPU, but for buffers of the caller's. */
  get bytes(): number {
    const { zeros, values, gradients, given } = this
    return zeros.buffer.size + (given.values ? 0 : values.buffer.size) + (given.gradients ? 0 : gradients.buffer.size)
  }

  destroy(): void {
    this.zeros.buffer.destroy()
    if (!this.given.values) this.values.buffer.destroy()
    if (!this.given.gradients) this.gradients.buffer.destroy()
  }
}
