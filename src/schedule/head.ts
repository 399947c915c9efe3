// The output layer O = H W_q + b_q, at every step or at the end of each sequence, and its loss.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { flatGrid, type Plan } from '../gpu/plan'
import { pad4, padded, plain, tensor, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { headSize, type Head } from '../spec'
import type { Batch } from './batch'
import type { Link } from './outputs'
import { product, type Matrix } from './products'

export class HeadSchedule {
  /** O [T, B, V] or, at the last step, [B, V]; after a loss with gradient, dO. */
  readonly logits: Tensor
  /** Loss of each row. */
  readonly losses: View
  readonly #stride: number
  readonly #scratch: View

  constructor(
    gpu: Gpu,
    readonly head: Head,
    /** What it reads: outputs of every step, or final states. */
    private readonly link: Link,
    private readonly parameters: Parameters,
    private readonly batch: Batch,
    { T, B, scratch }: { readonly T: number; readonly B: number; readonly scratch: View },
  ) {
    const V = padded(headSize(parameters.spec))
    this.#stride = pad4(V.size) / 4
    this.#scratch = scratch
    this.logits = tensor(gpu, 'logits', head.at === 'last' ? [plain(B), V] : [plain(T), plain(B), V])
    this.losses = { buffer: gpu.buffer('losses', batch.rows * 4), offset: 0, size: Math.max(16, batch.rows * 4) }
  }

  get buffers(): GPUBuffer[] {
    return [this.logits.buffer, this.losses.buffer]
  }

  get #o(): Matrix {
    return { view: this.logits, stride: this.#stride }
  }

  /** O of rows `first` to `end` − 1. */
  forward(plan: Plan, first: number, end: number): void {
    const y = this.link.x
    product(plan, 'head O = H W_q + b_q', {
      a: { ...y, offset4: (y.offset4 ?? 0) + first * y.stride },
      b: { view: this.parameters.value('head.W'), stride: this.#stride },
      bias: { view: this.parameters.value('head.b') },
      c: { ...this.#o, offset4: first * this.#stride },
      M: end - first,
      N4: this.#stride,
      K: 4 * y.stride,
    })
  }

  /** The loss of every row; where `gradient`, the logits become their gradient. */
  loss(plan: Plan, gradient: boolean): void {
    const { rows, control, targets, classWeights: class_weights, weights } = this.batch
    const { losses, logits } = this
    const shape = { grid: flatGrid(rows, 64), constants: { gradient } }
    if ('classes' in this.head)
      plan.dispatch('loss', 'loss/cross_entropy', {
        ...shape,
        bindings: { control, targets, class_weights, weights, logits, losses },
        size: { rows, V: this.head.classes, stride4: this.#stride },
      })
    else {
      const { loss, delta = 1, numbers: N } = this.head
      const of = { ...shape, bindings: { control, targets, weights, outputs: logits, losses } }
      const stride4 = this.#stride
      if (loss === 'huber') plan.dispatch('loss', 'loss/huber', { ...of, size: { rows, stride4, delta } })
      else if (loss === 'binary-cross-entropy') plan.dispatch('loss', 'loss/binary_cross_entropy', { ...of, size: { rows, N, stride4 } })
      else plan.dispatch('loss', 'loss/squared_error', { ...of, size: { rows, stride4 } })
    }
  }

  /** From dO to the gradients of the head and of what it read. Where `add`, the latter is added to what is there. */
  backward(plan: Plan, add: boolean): void {
    const { parameters, link, batch } = this
    const y = link.x
    if (link.dx)
      product(plan, 'head dH', {
        a: this.#o,
        b: { view: parameters.value('head.W'), stride: this.#stride },
        c: link.dx,
        M: batch.rows,
        N4: y.stride,
        K: 4 * this.#stride,
        b_transposed: true,
        add: link.adds || add,
      })
    product(plan, 'head dW', {
      a: y,
      b: this.#o,
      c: { view: parameters.gradient('head.W'), stride: this.#stride },
      M: 4 * y.stride,
      N4: this.#stride,
      K: batch.rows,
      a_transposed: true,
      sums: { to: { view: parameters.gradient('head.b') }, unused: this.#scratch },
    })
  }
}
