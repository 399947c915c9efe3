// All checks on a device, one after the other, and what came of them.
import { describe, isRight, type Finding } from '../agreement/compare'
import { cellNames } from '../cells'
import { SluiceError } from '../errors'
import type { Gpu } from '../gpu/device'
import { strategyOf, type StrategyName } from '../gpu/strategy'
import { loadKernels } from '../strategies'
import type { Check } from './check'
import { dropoutCheck, networkChecks, projectionChecks } from './networks'
import { productChecks } from './products'
import { factsOf } from './device'
import type { GpuReport, KernelReport } from './report'
import { stateChecks } from './states'
import { tokenChecks } from './tokens'
import { trainingChecks } from './training'
import { writingChecks } from './writing'

/** Every check of these strategies: kernels by themselves first, then those that build on them. */
export function checksOf(strategies: readonly StrategyName[]): Check[] {
  const oneOfEach = strategies.filter((name, i) => strategies.findIndex((other) => strategyOf(other).kernels === strategyOf(name).kernels) === i)
  return [
    ...oneOfEach.flatMap(productChecks),
    ...trainingChecks,
    ...stateChecks,
    ...tokenChecks,
    ...cellNames.flatMap((cell) => strategies.flatMap((strategy) => networkChecks(cell, strategy))),
    ...cellNames.flatMap((cell) => oneOfEach.map((strategy) => dropoutCheck(cell, strategy))),
    ...cellNames.flatMap((cell) => oneOfEach.flatMap((strategy) => projectionChecks(cell, strategy))),
    ...cellNames.flatMap((cell) => oneOfEach.flatMap((strategy) => writingChecks(cell, strategy))),
  ]
}

/** The largest error, NaN above all. */
const largest = (found: readonly Finding[]): number => found.reduce((most, { error }) => (error > most || Number.isNaN(error) ? error : most), 0)

/** Judges a check; `wrong`: kernels that have failed so far, to which its own are added. */
export async function judge(gpu: Gpu, check: Check, wrong: Set<string>): Promise<KernelReport[]> {
  const begin = performance.now()
  const { parts, strategy, uses } = check
  const line = (part: Check['parts'][number], rest: Pick<KernelReport, 'status' | 'error' | 'why'>): KernelReport => ({
    ...part,
    strategy,
    ...rest,
    ms: performance.now() - begin,
  })
  const unclear = (part: Check['parts'][number], other: string): KernelReport =>
    line(part, { status: 'unclear', error: null, why: `it uses ${other}, which is wrong` })
  const other = uses.find((kernel) => wrong.has(kernel))
  if (other) return parts.map((part) => unclear(part, other))
  let found: readonly (readonly Finding[])[]
  try {
    found = await check.run(gpu)
  } catch (error) {
    gpu.checkAlive()
    if (!(error instanceof SluiceError)) throw error
    // A kernel that does not compile is named by the message.
    const named = /^the kernel (\S+) could not/.exec(error.message)?.[1]
    const at = Math.max(
      0,
      parts.findIndex(({ kernel }) => kernel === named),
    )
    wrong.add(named ?? parts[at]!.kernel)
    return parts.map((part, i) => (i === at ? line(part, { status: 'failed', error: null, why: error.message }) : unclear(part, parts[at]!.kernel)))
  }
  const lines: KernelReport[] = []
  let before: string | undefined
  parts.forEach((part, i) => {
    const first = found[i]!.find((one) => !isRight(one))
    if (before) lines.push(unclear(part, before))
    else if (first) {
      lines.push(line(part, { status: 'failed', error: largest(found[i]!), why: describe(first) }))
      wrong.add((before = part.kernel))
    } else lines.push(line(part, { status: 'passed', error: largest(found[i]!) }))
  })
  return lines
}

/** Checks that are done, as they are. */
export interface Progress {
  /** Checks done, and how many there are. */
  readonly done: number
  readonly of: number
  /** What the last one found. */
  readonly lines: readonly KernelReport[]
}

export interface VerifyRun {
  readonly strategies: readonly StrategyName[]
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Which checks are made; all unless given. */
  readonly only?: (check: Check) => boolean
}

/** @throws SluiceError `device-lost`, and what the signal is aborted with. */
export async function verify(gpu: Gpu, { strategies, onProgress, signal, only = () => true }: VerifyRun): Promise<GpuReport> {
  const begin = performance.now()
  await loadKernels('resident-16') // and with them all kernels there are, so that the digest of the report is of all of them
  const checks = checksOf(strategies).filter(only)
  const lines: KernelReport[] = []
  const wrong = new Set<string>()
  for (const [i, check] of checks.entries()) {
    signal?.throwIfAborted()
    const made = await judge(gpu, check, wrong)
    lines.push(...made)
    onProgress?.({ done: i + 1, of: checks.length, lines: made })
  }
  return {
    version: 1,
    ...factsOf(gpu, strategies),
    lines,
    ms: performance.now() - begin,
  }
}
