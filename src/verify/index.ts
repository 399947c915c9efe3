// Verifying a GPU: whether its kernels compute what they should. The checks come in a chunk of their own, loaded when they are asked for.
import { checkList, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkDevice } from '../gpu/adopt'
import type { Gpu } from '../gpu/device'
import { checkStrategy, type StrategyName } from '../gpu/strategy'
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
  const { strategies: given, onProgress, signal } = checkOptions('options', options, "{ strategies: ['fused-1'] }", names)
  if (onProgress !== undefined && typeof onProgress !== 'function') throw new SluiceError('bad-value', `onProgress is ${show(onProgress)}, expected a function`)
  if (signal !== undefined && !isSignal(signal)) throw new SluiceError('bad-value', `signal is ${show(signal)}, expected an AbortSignal`)
  const strategies = given === undefined ? undefined : checkList('strategies', given, "such as ['fused-1']", { min: 1, max: 100 })
  strategies?.forEach((name) => checkStrategy(name ?? null))
  const { offeredStrategies, verify } = await import('./verify')
  return verify(gpu, { strategies: strategies ? [...new Set(strategies)] : offeredStrategies(gpu), onProgress, signal })
}

function isSignal(value: unknown): value is AbortSignal {
  try {
    return value instanceof AbortSignal
  } catch {
    return false // a proxy that throws
  }
}
