// What a check of kernels is: something that a device computes, beside what is right.
import { finding, type Finding } from '../agreement/compare'
import type { Gpu } from '../gpu/device'
import type { KernelName } from '../gpu/kernels'
import type { StrategyName } from '../gpu/strategy'

/** A kernel that a check judges. */
export interface Part {
  readonly kernel: KernelName
  /** What it computes, in few words. */
  readonly what: string
}

export interface Check {
  /** The kernels that it judges; one builds on those before it. */
  readonly parts: readonly Part[]
  /** Under which strategy; null for a kernel that all have. */
  readonly strategy: StrategyName | null
  /** Kernels that it uses as well: where one of them is wrong it judges nothing. */
  readonly uses: readonly KernelName[]
  /** What was found of each part. */
  run(gpu: Gpu): Promise<readonly (readonly Finding[])[]>
}

/** A check of one kernel by itself. */
export const single = (kernel: KernelName, what: string, run: (gpu: Gpu) => Promise<readonly Finding[]>, strategy: StrategyName | null = null): Check => ({
  parts: [{ kernel, what }],
  strategy,
  uses: [],
  run: async (gpu) => [await run(gpu)],
})

/** Numbers that must be the same; NaN is the same as NaN. */
export function exactly(tensor: string, actual: ArrayLike<number>, expected: ArrayLike<number>): Finding {
  const index = Array.from(expected).findIndex((v, i) => !(actual[i] === v || (Number.isNaN(v) && Number.isNaN(actual[i]))))
  if (index >= 0) return { tensor, error: Infinity, index, came: actual[index]!, expected: expected[index]! }
  return { tensor, error: 0, index: 0, came: actual[0] ?? NaN, expected: expected[0] ?? NaN }
}

export { finding, type Finding }
