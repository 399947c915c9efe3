// Verifying a GPU: whether its kernels compute what they should. The checks come in a chunk of their own, loaded when they are asked for.
import { checkOptions, SluiceError, type Known } from '../errors'
import { checkDevice } from '../gpu/adopt'
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import { checkRun } from './options'
import type { GpuReport } from './report'
import type { Progress } from './verify'

export { failedKernels, formatReport, type AdapterFacts, type GpuReport, type KernelReport } from './report'
export type { Progress as VerifyProgress } from './verify'

/** What to verify, and whom to tell. */
export interface VerifyOptions {
  /** The strategies to check; those that the adapter is offered unless given. */
  readonly strategies?: readonly StrategyName[]
  /** Is told after each check. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends it before the next check, which rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

const names = { strategies: true, onProgress: true, signal: true } satisfies Known<VerifyOptions>

/** Checks every kernel and strategy on a device against the reference in float64, within the bounds of the tests. It takes seconds on
 * hardware and minutes on a software adapter, most of them to compile. What is wrong is told in the report, not thrown.
 * @throws SluiceError `bad-value` for a wrong option, `device-lost`; and the reason of the signal. */
export async function verifyGpu(gpu: Gpu, options: VerifyOptions = {}): Promise<GpuReport> {
  if (gpu === undefined) throw new SluiceError('bad-value', 'gpu is missing, expected what openDevice() gives')
  checkDevice(gpu)
  const { onProgress, signal, ...given } = checkOptions('options', options, "{ strategies: ['fused-1'] }", names)
  const strategies = checkRun(given.strategies, onProgress, signal)
  const [{ offeredStrategies }, { verify }] = await Promise.all([import('./device'), import('./verify')])
  return verify(gpu, { strategies: strategies ?? offeredStrategies(gpu), onProgress, signal })
}
