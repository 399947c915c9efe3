/** Losses of a GPU within so many milliseconds of training that are too many. */
const [maxLosses, within] = [3, 60_000]

/** Counts the losses of a GPU. The third within a minute of training is one too many: whatever takes the GPU away will do so
 * again. The time until training is back does not count, since on a slow machine it may take the minute alone. */
export class LossLimit {
  static readonly max = maxLosses
  #losses: number[] = []
  #lostAt: number | null = null
  /** Milliseconds from losses until training was back. */
  #away = 0

  /** The GPU was lost. A further loss before training is back counts too. @returns whether that is one too many */
  lost(): boolean {
    this.#lostAt ??= performance.now()
    const now = this.#lostAt - this.#away
    this.#losses = [...this.#losses.filter((when) => now - when < within), now]
    return this.#losses.length >= maxLosses
  }

  /** Training is back where it was. */
  isBack(): void {
    if (this.#lostAt !== null) this.#away += performance.now() - this.#lostAt
    this.#lostAt = null
  }
}
