// The speed of training.

/** Steps from which a speed is known. */
const settledSteps = 5

/** Training steps per second over the last three seconds of training. Steps that compile kernels do not count, nor do evaluations,
 * saves and pauses. */
export class ThroughputMeter {
  readonly #durations: number[] = []
  #sum = 0
  #since = performance.now()
  #began = performance.now()
  #steps = 0

  /** Training starts now, or resumes after a pause. */
  begin(): void {
    this.#since = this.#began = performance.now()
    this.#steps = 0
  }

  /** Training continues after an evaluation or a save. */
  resume(): void {
    this.#since = performance.now()
  }

  /** A step is done. @param compiled whether it compiled kernels: it says nothing about the steps to come */
  tick(compiled = false): void {
    const now = performance.now()
    const took = now - this.#since
    this.#since = now
    if (compiled) return void (this.#began += took)
    this.#steps++
    this.#durations.push(took)
    this.#sum += took
    while (this.#sum > 3000 && this.#durations.length > settledSteps) this.#sum -= this.#durations.shift()!
  }

  /** Seconds per step including evaluations and saves, to predict the end of the training; null as long as the speed is unknown. */
  get secondsPerStep(): number | null {
    const { stepsPerSecond } = this
    if (stepsPerSecond === null) return null
    return this.#steps < 20 ? 1 / stepsPerSecond : (performance.now() - this.#began) / 1000 / this.#steps
  }

  /** null until a few steps have been measured. */
  get stepsPerSecond(): number | null {
    return this.#durations.length >= settledSteps && this.#sum > 0 ? (this.#durations.length * 1000) / this.#sum : null
  }
}
