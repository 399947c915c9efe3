/** The training steps that a run may take before it pauses. */
export class StepBudget {
  #left = Infinity
  #wake = () => {}

  /** @param limit training steps after which the run is finished */
  constructor(
    private readonly signal: AbortSignal,
    public limit: number,
  ) {
    signal.addEventListener('abort', () => this.#wake())
  }

  get left(): number {
    return this.#left
  }

  /** Sets how many steps the run may take from now on: 0 pauses it, Infinity resumes it. */
  allow(steps: number): void {
    this.#left = steps
    this.#wake()
  }

  spend(steps: number): void {
    this.#left -= steps
  }

  /** Resolves when a step is allowed, or the signal aborts. */
  async available(): Promise<void> {
    while (this.#left <= 0 && !this.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}
