/** A training gives up after this many losses in this time: their cause would not go away. */
const [maxLosses, lossWindowMs] = [3, 60_000]

/** Counts the losses of a GPU. The third within a minute of training is one too many. The time of a recovery does not count as training: on a
 * slow machine a recovery alone may take a minute. */
export class LossLimit {
  static readonly max = maxLosses
  #losses: number[] = []
  #lostAt: number | null = null
  /** Milliseconds of all recoveries so far. */
  #away = 0

  /** Counts a loss, also one during a recovery. @returns whether it is one too many */
  lost(): boolean {
    this.#lostAt ??= performance.now()
    const now = this.#lostAt - this.#away
    this.#losses = [...this.#losses.filter((when) => now - when < lossWindowMs), now]
    return this.#losses.length >= maxLosses
  }

  /** Ends a recovery. */
  isBack(): void {
    if (this.#lostAt !== null) this.#away += performance.now() - this.#lostAt
    this.#lostAt = null
  }
}
