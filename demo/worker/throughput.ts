// How fast training goes.

/** Training steps a second over the last three seconds of training; looks, writing and pauses are not counted. */
export class ThroughputMeter {
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
  resume(): void {
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
