// Few, skewed samples: the median says what is usual, the median absolute deviation how much it varies.

export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  /** Median of the distances from the median. */
  readonly mad: number
  readonly runs: number
}

export function summarise(values: readonly number[]): Summary {
  const m = median(values)
  return { median: m, min: Math.min(...values), max: Math.max(...values), mad: median(values.map((v) => Math.abs(v - m))), runs: values.length }
}

/** How often something that takes `ms` may be run again: as often as wanted, but not longer than `budget` ms, and not
 * fewer than 3 times, unless it takes more than 10 s. */
export function repetitions(ms: number, wanted: number, budget: number): number {
  if (ms > 10_000) return 1
  return Math.min(wanted, Math.max(3, Math.floor(budget / ms)))
}
