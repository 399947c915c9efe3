// The points of the curve: as many as a chart can show, however long the training.
import type { Point } from '../worker/run'

const most = 2400
/** Steps that count in the smoothed loss; fewer at first, where the loss falls so fast that its mean would lag. */
const window = 10

export interface HeldOut {
  readonly step: number
  readonly loss: number
  /** The smoothed training loss at that step; NaN before the first. */
  readonly training: number
}

export class Curve {
  steps: number[] = []
  losses: number[] = []
  smooth: number[] = []
  readonly heldOut: HeldOut[] = []
  #smoothed = NaN
  /** The last step that was added; 0 before the first. */
  last = 0
  /** Steps that one point stands for, and those gathered for the next. */
  #stride = 1
  #gathered = { count: 0, loss: 0 }

  add({ step, loss }: Point): void {
    this.last = step
    const share = Math.max(1 / window, 1 / (1 + step / 10))
    this.#smoothed = Number.isNaN(this.#smoothed) ? loss : this.#smoothed + share * (loss - this.#smoothed)
    const gathered = this.#gathered
    gathered.count++
    gathered.loss += loss
    if (gathered.count < this.#stride) return
    this.steps.push(step)
    this.losses.push(gathered.loss / gathered.count)
    this.smooth.push(this.smoothed)
    this.#gathered = { count: 0, loss: 0 }
    if (this.steps.length >= most) this.#halve()
  }

  addHeldOut(point: { readonly step: number; readonly loss: number }): void {
    if (this.heldOut.at(-1)?.step !== point.step) this.heldOut.push({ ...point, training: this.smoothed })
  }

  /** The training loss, smoothed; NaN before the first step. */
  get smoothed(): number {
    return this.#smoothed
  }

  /** Every two points become one, and from now on a point stands for twice the steps. */
  #halve(): void {
    const odd = (_: number, i: number) => i % 2 === 1
    this.losses = this.losses.filter(odd).map((loss, i) => (loss + this.losses[2 * i]!) / 2)
    this.steps = this.steps.filter(odd)
    this.smooth = this.smooth.filter(odd)
    this.#stride *= 2
  }
}
