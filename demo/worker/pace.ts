// How fast training goes, and how often it stops to be looked at.

/** Milliseconds between looks, at least. */
const soonest = 800

/** When to look: at steps that lie further apart as learning slows, and never for more than a sixth of the time. */
export class Looks {
  #step = 0
  #ready = 0
  #first = true

  due(step: number): boolean {
    return step - this.#step >= Math.max(20, this.#step * 0.15) && performance.now() >= this.#ready
  }

  /** The run stands at `step`, and need not be looked at yet. */
  begin(step: number): void {
    this.#step = step
    this.#ready = performance.now() + soonest
  }

  /** A look at `step` took from `from` until now. The first may have compiled kernels, which no other does. */
  looked(step: number, from: number): void {
    const now = performance.now()
    this.#step = step
    this.#ready = now + (this.#first ? soonest : Math.max(soonest, 5 * (now - from)))
    this.#first = false
  }
}

/** Training steps a second over the last three seconds of training; looks, writing and pauses are not counted. */
export class Speed {
  readonly #durations: number[] = []
  #sum = 0
  #since = performance.now()
  #began = performance.now()
  #steps = 0

  /** Training begins now, or goes on after a pause. */
  begin(): void {
    this.#since = this.#began = performance.now()
    this.#steps = 0
  }

  /** Training goes on after something else that the run itself did. */
  goOn(): void {
    this.#since = performance.now()
  }

  tick(): void {
    const now = performance.now()
    this.#steps++
    this.#durations.push(now - this.#since)
    this.#sum += now - this.#since
    this.#since = now
    while (this.#sum > 3000 && this.#durations.length > 2) this.#sum -= this.#durations.shift()!
  }

  /** Seconds that a step takes with all there is beside it, to tell when the training will be done. */
  get secondsPerStep(): number {
    return this.#steps < 20 ? 1 / this.stepsPerSecond : (performance.now() - this.#began) / 1000 / this.#steps
  }

  get stepsPerSecond(): number {
    return this.#sum > 0 ? (this.#durations.length * 1000) / this.#sum : 0
  }
}
