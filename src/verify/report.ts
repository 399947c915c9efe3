// What a verification found, and the same as Markdown for an issue.
import { checkObject, readSafely } from '../errors'
import type { StrategyName } from '../gpu/strategy'
import { factsTable, inline, table, type Facts } from './facts'

export type { AdapterFacts } from './facts'

/** One kernel under one strategy, on one of the small networks or by itself. */
export interface KernelReport {
  /** `cell/lstm_forward_grid`. */
  readonly kernel: string
  /** The recurrence strategy; null for a kernel that all have. */
  readonly strategy: StrategyName | null
  /** What it computed, in few words. */
  readonly what: string
  /** `unclear` where a kernel that it builds on has failed. */
  readonly status: 'passed' | 'failed' | 'unclear'
  /** The largest error in units of its bound: right up to 1; null where nothing was compared. */
  readonly error: number | null
  /** The first tensor that is wrong, where it is farthest off, and what came; or what the check ended in. */
  readonly why?: string
  /** Milliseconds, compiling included; those of a check of two kernels are told of each. */
  readonly ms: number
}

/** What a verification found. */
export interface GpuReport extends Facts {
  /** Of this format. */
  readonly version: 1
  readonly lines: readonly KernelReport[]
  /** Milliseconds in all. */
  readonly ms: number
}

/** The names of the kernels that failed, each once. */
export const failedKernels = ({ lines }: GpuReport): string[] => [...new Set(lines.filter(({ status }) => status === 'failed').map(({ kernel }) => kernel))]

const figure = (error: number | null): string => (error === null ? '–' : Number.isFinite(error) ? error.toPrecision(2) : String(error))
const rowOf = ({ kernel, strategy, what, status, error, why, ms }: KernelReport): string[] => [
  kernel,
  strategy ?? '–',
  what,
  status,
  figure(error),
  ms.toFixed(0),
  why ?? '',
]
const columns = ['kernel', 'strategy', 'what', 'result', 'error', 'ms', 'why']

/** A report as Markdown, to paste into an issue: what failed comes first, all lines are folded away.
 * @throws SluiceError `bad-value` for what is no report. */
export function formatReport(report: GpuReport): string {
  checkObject('report', report, '(await verifyGpu(gpu))')
  return readSafely('report', report, () => format(report))
}

function format(report: GpuReport): string {
  const { adapter, lines, ms } = report
  const count = (wanted: KernelReport['status']) => lines.filter(({ status }) => status === wanted).length
  const failed = lines.filter(({ status }) => status === 'failed')
  const verdict =
    failed.length === 0
      ? `All ${lines.length} checks passed.`
      : `${failed.length} of ${lines.length} checks failed${count('unclear') > 0 ? `, ${count('unclear')} are unclear because of them` : ''}: ${failedKernels(report).join(', ')}.`
  return [
    `### Sluice on ${inline(adapter.name)}`,
    '',
    `**${verdict}** (${(ms / 1000).toFixed(1)} s)`,
    '',
    ...factsTable(report),
    ...(failed.length > 0 ? ['', ...table(columns, failed.map(rowOf))] : []),
    '',
    '<details><summary>All checks</summary>',
    '',
    'An error is in units of its bound: right up to 1.',
    '',
    ...table(columns, lines.map(rowOf)),
    '',
    '</details>',
    '',
  ].join('\n')
}
