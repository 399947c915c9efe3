/** Evaluations take up to a fifth of the time, for a view that shows little else. */
export class FrequentEvaluations {
  #nextDue = 0

  due(): boolean {
    return performance.now() >= this.#nextDue
  }

  evaluated(_: number, from: number): void {
    const now = performance.now()
    this.#nextDue = now + Math.max(300, 4 * (now - from))
  }
}
