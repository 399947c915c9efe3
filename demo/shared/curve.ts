// The points of a curve. Their number is bounded, however long the training.

/** One training step on the curve. */
export interface Point {
  /** Steps done, from 1. */
  readonly step: number
  /** Mean loss of the step's batch, in nats. */
  readonly loss: number
}

const maxPoints = 2400
/** A rise of the held-out loss that is not chance, in nats: 2 % of the perplexity. */
const overfitting = 0.02
/** Steps in the mean of the smoothed loss; fewer at first, where the loss falls so fast that the mean would lag. */
const smoothingSteps = 10

export interface HeldOut {
  readonly step: number
  readonly loss: number
  /** The smoothed training loss at that step; NaN before the first. */
  readonly training: number
}

/** The curve as plain data, to store and send. */
export interface CurveData {
  readonly steps: readonly number[]
  readonly losses: readonly number[]
  readonly smooth: readonly number[]
  readonly heldOut: readonly HeldOut[]
  readonly smoothed: number
  readonly last: number
  readonly stride: number
}

export class Curve {
  steps: number[]
  losses: number[]
  smooth: number[]
  readonly heldOut: HeldOut[]
  #smoothed: number
  #last: number
  /** Steps per point, and those gathered for the next point. */
  #stride: number
  #gathered = { count: 0, loss: 0 }

  constructor(
    { steps, losses, smooth, heldOut, smoothed, last, stride }: CurveData = {
      steps: [],
      losses: [],
      smooth: [],
      heldOut: [],
      smoothed: NaN,
      last: 0,
      stride: 1,
    },
  ) {
    this.steps = [...steps]
    this.losses = [...losses]
    this.smooth = [...smooth]
    this.heldOut = [...heldOut]
    this.#smoothed = smoothed
    this.#last = last
    this.#stride = stride
  }

  add({ step, loss }: Point): void {
    this.#last = step
    const share = Math.max(1 / smoothingSteps, 1 / (1 + step / 10))
    this.#smoothed = Number.isNaN(this.#smoothed) ? loss : this.#smoothed + share * (loss - this.#smoothed)
    const gathered = this.#gathered
    gathered.count++
    gathered.loss += loss
    if (gathered.count < this.#stride) return
    this.steps.push(step)
    this.losses.push(gathered.loss / gathered.count)
    this.smooth.push(this.#smoothed)
    this.#gathered = { count: 0, loss: 0 }
    if (this.steps.length >= maxPoints) this.#halve()
  }

  addHeldOut({ step, loss }: { readonly step: number; readonly loss: number }): void {
    if (this.heldOut.at(-1)?.step !== step) this.heldOut.push({ step, loss, training: this.#smoothed })
  }

  /** The training loss, smoothed; NaN before the first step. */
  get smoothed(): number {
    return this.#smoothed
  }

  /** The last step that was added; 0 before the first. */
  get last(): number {
    return this.#last
  }

  /** The lowest held-out loss; null before the first. */
  get best(): HeldOut | null {
    return this.heldOut.reduce<HeldOut | null>((best, one) => (best === null || one.loss < best.loss ? one : best), null)
  }

  /** Whether the held-out loss has risen clearly since its lowest, while the training loss has fallen. */
  get byHeart(): boolean {
    const { best } = this
    const last = this.heldOut.at(-1)
    return best !== null && last !== undefined && last.loss > best.loss + overfitting && last.training < best.training
  }

  get data(): CurveData {
    const { steps, losses, smooth, heldOut } = this
    return { steps, losses, smooth, heldOut, smoothed: this.#smoothed, last: this.#last, stride: this.#stride }
  }

  /** Merges every two points into one. From now on a point stands for twice as many steps. */
  #halve(): void {
    const odd = (_: number, i: number) => i % 2 === 1
    this.losses = this.losses.filter(odd).map((loss, i) => (loss + this.losses[2 * i]!) / 2)
    this.steps = this.steps.filter(odd)
    this.smooth = this.smooth.filter(odd)
    this.#stride *= 2
  }
}
