// The speed of training.

/** Training steps per second over the last three seconds of training. Evaluations, saves and pauses do not count. */
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

  tick(): void {
    const now = performance.now()
    this.#steps++
    this.#durations.push(now - this.#since)
    this.#sum += now - this.#since
    this.#since = now
    while (this.#sum > 3000 && this.#durations.length > 2) this.#sum -= this.#durations.shift()!
  }

  /** Seconds per step including evaluations and saves, to predict the end of the training. */
  get secondsPerStep(): number {
    return this.#steps < 20 ? 1 / this.stepsPerSecond : (performance.now() - this.#began) / 1000 / this.#steps
  }

  get stepsPerSecond(): number {
    return this.#sum > 0 ? (this.#durations.length * 1000) / this.#sum : 0
  }
}
