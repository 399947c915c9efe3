// Cases of src/agreement on the device of a test file.
import type { Case as AnyCase } from '../../src/agreement/case'
import { compareCase } from '../../src/agreement/compare'
import { testDevice } from './kernel'

export { networkBound as tolerance } from '../../src/agreement/bounds'

export interface Case extends AnyCase {
  /** Whether kernels may use subgroups, if the adapter has them. Default true. */
  readonly subgroups?: boolean
}

/** Worst error of each tensor, in units of the tolerance: all must be at most 1. */
export const compare = async (c: Case): Promise<Map<string, number>> =>
  new Map((await compareCase(await testDevice(c.subgroups), c)).map(({ tensor, error }) => [tensor, error]))
