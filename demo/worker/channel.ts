// Events that the worker sends without a request, to everyone who listens at that time.

export class Channel<News> {
  readonly #listeners = new Set<(news: News) => void>()

  tell(news: News): void {
    for (const listener of this.#listeners) listener(news)
  }

  /** All events from now on, until the signal aborts. */
  async *listen(signal: AbortSignal): AsyncGenerator<News> {
    const untold: News[] = []
    let wake = () => {}
    const listener = (news: News) => {
      untold.push(news)
      wake()
    }
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => wake())
    try {
      while (!signal.aborted) {
        if (untold.length > 0) yield untold.shift()!
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }
}
