// The output layer O = H W_q + b_q, at every step or at the end of each sequence, and its loss.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { flatGrid, type Plan } from '../gpu/plan'
import { pad4, padded, plain, tensor, type Tensor } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { headSize, type Head } from '../spec'
import type { Batch } from './batch'
import { backwardsOf, type LayerContext } from './context'
import { outputGradient, outputs } from './layer'
import { mergeBackward, mergeForward } from './merge'
import { product, type Matrix } from './products'

export class HeadSchedule {
  /** O [T, B, V] or, at the last step, [B, V]; after a loss with gradient, dO. */
  readonly logits: Tensor
  /** Loss of each row. */
  readonly losses: View
  /** At the last step: the final states [B, D, H] that the head reads, or [B, H] where they are merged; and of those the gradient. */
  readonly final: Tensor | null
  readonly #dmerged: Tensor | null
  readonly #stride: number

  constructor(
    gpu: Gpu,
    readonly head: Head,
    private readonly below: LayerContext,
    private readonly parameters: Parameters,
    private readonly batch: Batch,
    train: boolean,
  ) {
    const { T, B, D, merge } = below
    const V = padded(headSize(parameters.spec))
    this.#stride = pad4(V.size) / 4
    const last = head.at === 'last'
    this.logits = tensor(gpu, 'logits', last ? [plain(B), V] : [plain(T), plain(B), V])
    this.losses = { buffer: gpu.buffer('losses', batch.rows * 4), offset: 0, size: Math.max(16, batch.rows * 4) }
    const shape = [plain(B), plain(merge ? 1 : D), padded(parameters.spec.layers.at(-1)!.hidden)]
    this.final = last ? tensor(gpu, 'final states', shape) : null
    this.#dmerged = last && merge && train ? tensor(gpu, 'gradient of merged final states', shape) : null
  }

  get buffers(): GPUBuffer[] {
    return [this.logits.buffer, this.losses.buffer, ...[this.final, this.#dmerged].flatMap((own) => own?.buffer ?? [])]
  }

  /** What the head reads. */
  #input(): Matrix {
    return this.final ? { view: this.final, stride: (this.below.merge ? 1 : this.below.D) * this.below.H4 } : outputs(this.below)
  }

  get #o(): Matrix {
    return { view: this.logits, stride: this.#stride }
  }

  /** O for steps s0 … s1 − 1; a head at the last step has no others. */
  forward(plan: Plan, s0: number, s1: number): void {
    const { T, B, D, H4, memory } = this.below
    if (this.final && this.below.merge) mergeForward(plan, this.below, 'final', this.final)
    else if (this.final)
      plan.dispatch('head reads the final states', 'layer/final_state', {
        bindings: { h: memory.h, out: this.final },
        size: { T, B, D, H4 },
        grid: [D * H4, B, 1],
        constants: backwardsOf(this.below),
      })
    const y = this.#input()
    const first = this.final ? 0 : s0 * B
    product(plan, 'head O = H W_q + b_q', {
      a: { ...y, offset4: (y.offset4 ?? 0) + first * y.stride },
      b: { view: this.parameters.value('head.W'), stride: this.#stride },
      bias: { view: this.parameters.value('head.b') },
      c: { ...this.#o, offset4: first * this.#stride },
      M: this.final ? B : (s1 - s0) * B,
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

  /** From dO to the gradients of the head and of what it read: the outputs, or the final states. Where `add`, the
   * gradient of the outputs is added to what is in `dy`; that of the final states always is. */
  backward(plan: Plan, add: boolean): void {
    const { parameters, below, batch } = this
    const y = this.#input()
    product(plan, 'head dH', {
      a: this.#o,
      b: { view: parameters.value('head.W'), stride: this.#stride },
      c: this.final ? { view: this.#dmerged ?? below.memory.dh!, stride: y.stride } : outputGradient(below),
      M: batch.rows,
      N4: y.stride,
      K: 4 * this.#stride,
      b_transposed: true,
      add: this.final ? !this.#dmerged : add,
    })
    if (this.#dmerged) mergeBackward(plan, below, 'final', this.#dmerged)
    product(plan, 'head dW', {
      a: y,
      b: this.#o,
      c: { view: parameters.gradient('head.W'), stride: this.#stride },
      M: 4 * y.stride,
      N4: this.#stride,
      K: batch.rows,
      a_transposed: true,
      sums: { to: { view: parameters.gradient('head.b') }, unused: below.scratch },
    })
  }
}
