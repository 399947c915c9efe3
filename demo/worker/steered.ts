// Runs that the page steers: they train in rounds while they may, else sleep; so pausing is nothing but not taking the
// next round.

/** What a run tells of its pace. */
export type Pace = { readonly kind: 'rested'; readonly finished: boolean } | { readonly kind: 'resumed' }

/** The steps that a run may take before it sleeps. */
export class Allowance {
  #left = Infinity
  #wake = () => {}

  constructor(private readonly signal: AbortSignal) {
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
  async granted(): Promise<void> {
    while (this.#left <= 0 && !this.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

/** What trains in rounds. */
export interface Rounds<Event> {
  /** Takes so many steps. */
  take(steps: number): Promise<Event>
  /** Looks at what is trained, between two rounds. */
  look(step: number): Promise<Event>
  /** Whether nothing is left that could train. */
  readonly over: boolean
}

interface RoundOptions {
  readonly allowance: Allowance
  readonly signal: AbortSignal
  /** Steps taken already. */
  readonly step: number
  /** Steps after which it rests by itself, and again after as many more. */
  readonly iterations: number
  readonly looks: { due(step: number): boolean; looked(step: number, from: number): void }
}

/** Milliseconds of a round: short enough for the eye and for a pause, long enough to keep the GPU busy. */
const [briefest, longest] = [120, 360]

export async function* inRounds<Event>(rounds: Rounds<Event>, { allowance, signal, step, iterations, looks }: RoundOptions): AsyncGenerator<Event | Pace> {
  let [size, limit] = [1, iterations]
  while (!signal.aborted) {
    const finished = step >= limit || rounds.over
    if (finished && allowance.left > 0) {
      yield rounds.look(step)
      allowance.allow(0)
    }
    if (allowance.left <= 0) {
      yield { kind: 'rested', finished }
      await allowance.granted()
      if (finished) limit = step + iterations
      if (!signal.aborted) yield { kind: 'resumed' }
      continue
    }
    const from = performance.now()
    const steps = Math.min(size, allowance.left, limit - step)
    yield rounds.take(steps)
    step += steps
    allowance.spend(steps)
    const took = performance.now() - from
    if (steps === size && took < briefest) size *= 2
    else if (took > longest) size = Math.max(1, size >> 1)
    if (looks.due(step)) {
      const from = performance.now()
      yield rounds.look(step)
      looks.looked(step, from)
    }
  }
}

/** The two calls of a kind of run: to follow one, which ends the one before, and to allow it steps. */
export function steered<Order, Event>(live: (order: Order, allowance: Allowance, signal: AbortSignal) => AsyncGenerator<Event>) {
  let current: Allowance | null = null
  // The run before has freed its memory when this resolves.
  let ended = Promise.resolve()
  return {
    /** Trains, and tells of it until the page stops listening, which ends the run and frees its networks. */
    async *follow(order: Order, signal: AbortSignal): AsyncGenerator<Event> {
      const before = ended
      let over = () => {}
      ended = new Promise((resolve) => (over = resolve))
      await before
      const allowance = (current = new Allowance(signal))
      try {
        if (!signal.aborted) yield* live(order, allowance, signal)
      } finally {
        if (current === allowance) current = null
        over()
      }
    },
    async allow({ steps }: { steps: number }): Promise<void> {
      current?.allow(steps)
    },
  }
}
