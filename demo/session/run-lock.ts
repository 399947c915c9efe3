// One thing computes at a time: a run that begins to train takes the lock, and whoever had it pauses. Two trainings
// would only halve each other's speed, and spoil the figures of both.
let holder: { readonly pause: () => void } | null = null

/** Whether somebody computes, or has paused and may go on. */
export const isRunLocked = () => holder !== null

/** Takes the lock; another one who had it is told to pause. Returns what gives it back. */
export function takeRunLock(pause: () => void): () => void {
  const mine = { pause }
  const before = holder
  holder = mine
  if (before?.pause !== pause) before?.pause()
  return () => {
    if (holder === mine) holder = null
  }
}
