/** The steps that a run may take before it sleeps. */
export class StepBudget {
  #left = Infinity
  #wake = () => {}

  /** @param limit steps after which the run rests by itself */
  constructor(
    private readonly signal: AbortSignal,
    public limit: number,
  ) {
    signal.addEventListener('abort', () => this.#wake())
  }

  get left(): number {
    return this.#left
  }

  /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  allow(steps: number): void {
    this.#left = steps
    this.#wake()
  }

  spend(steps: number): void {
    this.#left -= steps
  }

  /** Waits until a step is allowed, or nobody listens any more. */
  async available(): Promise<void> {
    while (this.#left <= 0 && !this.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}
