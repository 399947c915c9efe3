// The parameters of a network on the GPU: all in one flat buffer, their gradients in another. So clipping and the update are one dispatch
// each, however many layers there are.
import { SluiceError } from './errors'
import { checkFinite } from './finite'
import type { Gpu } from './gpu/device'
import type { View } from './gpu/view'
import { pack, padded, paddedElements, plain, unpack, type Dimension, type Tensor } from './gpu/tensor'
import { guardMethods } from './proxy-guard'
import { inputSize, isDense, outputShape, parameterShapes, sourcesOf, type NetworkSpec, type Reader } from './spec'

/** Values by parameter name, in the logical shapes of `parameterShapes`. */
export type ParameterValues = ReadonlyMap<string, ArrayLike<number>>

const align = (bytes: number) => Math.ceil(bytes / 256) * 256

/** The memory shape of a parameter: its logical shape, with padding in the dimensions that kernels read as vec4f. The rows of W have the
 * layout of what the layer reads: [D', H'] with H' padded for the outputs of a layer; inputs that are joined lie close together. */
function memoryShape(spec: NetworkSpec, name: string): readonly Dimension[] {
  const shape = parameterShapes(spec).get(name)
  if (!shape)
    throw new SluiceError(
      'bad-value',
      `this network has no parameter ${name.slice(0, 60)}, expected one of ${[...parameterShapes(spec).keys()].slice(0, 40).join(', ')}`,
    )
  const kind = name.split('.').at(-1)!
  if (name === 'embedding') return [plain(shape[0]!), padded(shape[1]!)]
  const reader = name.startsWith('layers.') ? Number(name.split('.')[1]) : 'head'
  if (kind === 'W') return [...rowShape(spec, reader), ...shape.slice(1, -1).map(plain), padded(shape.at(-1)!)]
  if (kind === 'U') return [plain(shape[0]!), padded(shape[1]!), plain(shape[2]!), padded(shape[3]!)]
  if (kind === 'R') return [plain(shape[0]!), padded(shape[1]!), padded(shape[2]!)]
  return [...shape.slice(0, -1).map(plain), padded(shape.at(-1)!)]
}

/** Shape of a row of what a layer or the head reads, in memory. */
export function rowShape(spec: NetworkSpec, reader: Reader): readonly Dimension[] {
  const sources = sourcesOf(spec, reader)
  if (sources.length > 1) return [padded(inputSize(spec, reader))]
  const [D, H] = outputShape(spec, sources[0]!)
  return sources[0] === 'input' || isDense(spec.layers[sources[0]!]!) ? [padded(H)] : [plain(D), padded(H)]
}

/** Buffers of the caller, used instead of allocated ones. */
export interface ParameterBuffers {
  readonly values?: GPUBuffer | undefined
  readonly gradients?: GPUBuffer | undefined
}

/** Whether a parameter is W [I, D, G, H] of a recurrent layer. */
const isRecurrentW = ({ layers }: NetworkSpec, name: string): boolean => {
  const [, l] = /^layers\.(\d+)\.W$/.exec(name) ?? []
  return l !== undefined && !isDense(layers[Number(l)]!)
}

export class Parameters {
  readonly values: View
  readonly gradients: View
  /** Zeros, as wide as the widest bias: the bias of layers without one. */
  readonly zeros: View
  readonly #tensors = new Map<string, { value: Tensor; gradient: Tensor }>()

  constructor(
    private readonly gpu: Gpu,
    readonly spec: NetworkSpec,
    private readonly buffers: ParameterBuffers = {},
  ) {
    guardMethods(this, Parameters)
    const layout = new Map<string, { shape: readonly Dimension[]; offset: number; size: number }>()
    let bytes = 0
    let widest = 16
    for (const name of parameterShapes(spec).keys()) {
      const shape = memoryShape(spec, name)
      const size = paddedElements(shape) * 4
      layout.set(name, { shape, offset: bytes, size })
      bytes = align(bytes + size)
      widest = Math.max(widest, paddedElements(shape.slice(isRecurrentW(spec, name) ? -3 : -1)) * 4)
    }
    const whole = (label: string, size: number, buffer?: GPUBuffer): View => ({ buffer: gpu.own(label, size, buffer), offset: 0, size })
    this.values = whole('parameters', bytes, buffers.values)
    this.gradients = whole('gradients', bytes, buffers.gradients)
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

  /** Number of learned parameters, without padding. */
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
    if (!tensors)
      throw new SluiceError('bad-value', `this network has no parameter ${name.slice(0, 60)}, expected one of ${this.names.slice(0, 40).join(', ')}`)
    return tensors
  }

  /** Sets parameters; those not in the Map keep their values. Writes nothing unless all names, sizes and numbers are valid.
   * @param into the buffer to write: the parameters, or another one with the same layout, such as optimizer state
   * @throws SluiceError `bad-value` for an unknown name or a number that is not finite, `bad-shape` for a wrong size. */
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

  /** Splits a copy of a flat buffer into parameters, in their logical shapes. */
  unpack(memory: ArrayBuffer): Map<string, Float32Array<ArrayBuffer>> {
    const entries = [...this.#tensors].map(([name, { value }]) => [name, unpack(value.shape, new Float32Array(memory, value.offset, value.size / 4))] as const)
    return new Map(entries)
  }

  /** Bytes on the GPU, without the caller's buffers. */
  get bytes(): number {
    const { zeros, values, gradients, buffers } = this
    return zeros.buffer.size + (buffers.values ? 0 : values.buffer.size) + (buffers.gradients ? 0 : gradients.buffer.size)
  }

  destroy(): void {
    this.zeros.buffer.destroy()
    if (!this.buffers.values) this.values.buffer.destroy()
    if (!this.buffers.gradients) this.gradients.buffer.destroy()
  }
}
