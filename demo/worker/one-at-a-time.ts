/** Lets a run begin when the one before it has ended and so freed its memory, that two networks never share it; and not at
 * all if by then nobody listens any more. */
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
