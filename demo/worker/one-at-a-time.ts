/** A run starts when the one before it has ended and freed its memory. It does not start at all if it is canceled by then. */
export function oneAtATime<Args, Event>(
  live: (args: Args, signal: AbortSignal) => AsyncGenerator<Event>,
): (args: Args, signal: AbortSignal) => AsyncGenerator<Event> {
  let ended: Promise<void> = Promise.resolve()
  return async function* (args, signal) {
    const before = ended
    let over = () => {}
    ended = new Promise((resolve) => (over = resolve))
    await before
    try {
      if (!signal.aborted) yield* live(args, signal)
    } finally {
      over()
    }
  }
}
