// The options that a verification and a measurement have in common.
import { checkList, show, SluiceError } from '../errors'
import { checkStrategy, type StrategyName } from '../gpu/strategy'

/** The strategies, each once; undefined where none are given. @throws SluiceError `bad-value` for a wrong option. */
export function checkRun(strategies: readonly StrategyName[] | undefined, onProgress: unknown, signal: unknown): StrategyName[] | undefined {
  if (onProgress !== undefined && typeof onProgress !== 'function') throw new SluiceError('bad-value', `onProgress is ${show(onProgress)}, expected a function`)
  if (signal !== undefined && !isSignal(signal)) throw new SluiceError('bad-value', `signal is ${show(signal)}, expected an AbortSignal`)
  if (strategies === undefined) return undefined
  const names = checkList('strategies', strategies, "such as ['fused-1']", { min: 1, max: 100 })
  for (const name of names) checkStrategy(name ?? null)
  return [...new Set(names)]
}

function isSignal(value: unknown): value is AbortSignal {
  try {
    return value instanceof AbortSignal
  } catch {
    return false // a proxy that throws
  }
}
