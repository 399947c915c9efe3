// How often a training stops to be looked at.

/** Milliseconds between looks, at least. */
const soonest = 800

/** When to look: at steps that lie further apart as learning slows, and never for more than a sixth of the time. */
export class EvaluationSchedule {
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
