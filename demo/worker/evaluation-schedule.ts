// How often a run is evaluated.

/** Milliseconds between evaluations, at least. */
const minInterval = 800

/** Evaluations lie further apart as learning slows, and take at most a sixth of the time. */
export class EvaluationSchedule {
  #step = 0
  #nextDue = 0
  #first = true

  due(step: number): boolean {
    return step - this.#step >= Math.max(20, this.#step * 0.15) && performance.now() >= this.#nextDue
  }

  /** The run is at `step`, and no evaluation is due yet. */
  begin(step: number): void {
    this.#step = step
    this.#nextDue = performance.now() + minInterval
  }

  /** An evaluation at `step` took from `from` until now. The first one may have compiled kernels, so its duration does not count. */
  evaluated(step: number, from: number): void {
    const now = performance.now()
    this.#step = step
    this.#nextDue = now + (this.#first ? minInterval : Math.max(minInterval, 5 * (now - from)))
    this.#first = false
  }
}
