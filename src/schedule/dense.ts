// A dense layer y = f(x W + b): one product over all rows, forward; backward the derivative of f, then a product each for W and b, and for x.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import { pad4, padded, paddedElements, plain, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import type { DenseSpec } from '../spec'
import type { Link } from './outputs'
import { activationGradient, product, type Matrix } from './products'
import { rowStride } from './stack'

/** The tensors of a dense layer over its rows: T·B, or B where it reads final states. */
export interface DenseMemory {
  /** [rows, N]. */
  readonly y: Tensor
  /** The outputs after dropout, behind `y` in its buffer; null without. */
  readonly dropped: Tensor | null
  /** Gradient of the outputs, then of x W + b; null unless trained. */
  readonly dy: Tensor | null
}

/** @param shape what a row is one of: [T, B] or [B] */
export function allocateDense(
  gpu: Gpu,
  name: string,
  { dense }: DenseSpec,
  { shape: sizes, train, dropout }: { readonly shape: readonly number[]; readonly train: boolean; readonly dropout: boolean },
): DenseMemory {
  const rows = sizes.map(plain)
  const shape = [...rows, padded(dense)]
  const size = paddedElements(shape) * 4
  const second = rowStride(paddedElements(rows)) * pad4(dense) * 4
  const buffer = gpu.buffer(`${name} y`, dropout ? second + size : size)
  const dy = train ? gpu.buffer(`${name} dy`, size) : null
  return {
    y: { label: `${name} y`, shape, buffer, offset: 0, size },
    dropped: dropout ? { label: `${name} dropped outputs`, shape, buffer, offset: second, size } : null,
    dy: dy && { label: `${name} dy`, shape, buffer: dy, offset: 0, size },
  }
}

export class DenseSchedule {
  readonly #stride: number

  constructor(
    readonly name: string,
    private readonly layer: DenseSpec,
    private readonly link: Link,
    readonly memory: DenseMemory,
    private readonly parameters: Parameters,
    /** Any other buffer. */
    private readonly scratch: View,
    /** Rows, all together. */
    private readonly rows: number,
  ) {
    this.#stride = pad4(layer.dense) / 4
  }

  get #W(): Matrix {
    return { view: this.parameters.value(`${this.name}.W`), stride: this.#stride }
  }

  /** y of rows `first` to `end` − 1. */
  forward(plan: Plan, first = 0, end = this.rows): void {
    const { name, parameters, layer } = this
    const { x } = this.link
    const stride = this.#stride
    product(plan, `${name} y = x W + b`, {
      a: { ...x, offset4: (x.offset4 ?? 0) + first * x.stride },
      b: this.#W,
      bias: { view: layer.bias === false ? parameters.zeros : parameters.value(`${name}.b`) },
      c: { view: this.memory.y, offset4: first * stride, stride },
      M: end - first,
      N4: stride,
      K: 4 * x.stride,
      activation: { kind: layer.activation ?? 'linear', columns: layer.dense },
    })
  }

  backward(plan: Plan): void {
    const { name, parameters, layer, rows, link, scratch } = this
    const { y, dy } = this.memory
    const stride = this.#stride
    activationGradient(plan, `${name} dy ⊙ f'(y)`, { y, dy: dy!, n4: rows * stride, kind: layer.activation ?? 'linear' })
    const gradient: Matrix = { view: dy!, stride }
    product(plan, `${name} dW`, {
      a: link.x,
      b: gradient,
      c: { view: parameters.gradient(`${name}.W`), stride },
      M: 4 * link.x.stride,
      N4: stride,
      K: rows,
      a_transposed: true,
      sums: { to: layer.bias === false ? null : { view: parameters.gradient(`${name}.b`) }, unused: scratch },
    })
    if (link.dx)
      product(plan, `${name} dx`, {
        a: gradient,
        b: this.#W,
        c: link.dx,
        M: rows,
        N4: link.x.stride,
        K: 4 * stride,
        b_transposed: true,
        add: link.adds,
      })
  }
}
