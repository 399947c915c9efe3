// Only one run trains at a time. A run that starts takes the lock, and the run that had it pauses. Two trainings at once would
// halve each other's speed and distort the figures of both.
let holder: { readonly pause: () => void } | null = null

/** Whether a run has the lock: it trains, or is paused. */
export const isRunLocked = () => holder !== null

/** Takes the lock and pauses the run that had it. @returns the function that releases it */
export function takeRunLock(pause: () => void): () => void {
  const mine = { pause }
  const before = holder
  holder = mine
  if (before?.pause !== pause) before?.pause()
  return () => {
    if (holder === mine) holder = null
  }
}
