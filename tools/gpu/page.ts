// The page docs/gpus.md, made from the reports in test/bench/gpus.
import type { GpuReport } from 'sluice'

/** By file name. */
export type Reports = readonly (readonly [file: string, report: GpuReport])[]

/** `Chrome 156`, `Dawn in Node 20.20.2`. */
const runtimeOf = (runtime: string): string => {
  const found = /(Firefox|Edg|Chrome)\/(\d+)/.exec(runtime) ?? /(Version)\/(\d+).*Safari/.exec(runtime)
  if (!found) return runtime
  return `${{ Edg: 'Edge', Version: 'Safari' }[found[1]!] ?? found[1]} ${found[2]}`
}

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

export function gpusPage(reports: Reports): string {
  const rows = reports.map(([file, { adapter, runtime, date, kernels, strategies, lines, ms }]) => {
    const passed = lines.filter(({ status }) => status === 'passed').length
    const wrong = [...new Set(lines.filter(({ status }) => status === 'failed').map(({ kernel }) => kernel))]
    const worst = lines.reduce((most, { error }) => Math.max(most, error ?? 0), 0)
    return row(
      adapter.name,
      runtimeOf(runtime),
      strategies.join(', '),
      `${passed} of ${lines.length}`,
      wrong.join(', ') || '–',
      worst.toPrecision(2),
      (ms / 1000).toFixed(0),
      kernels,
      `[${date.slice(0, 10)}](../test/bench/gpus/${file})`,
    )
  })
  return `# GPUs

What \`npm run verify\` found on machines of ours and of others ([Verify a GPU](verify.md)). To send in a run, paste the report into
an issue of the kind GPU results, or add its JSON (\`npm run verify -- --save FILE\`) to
[test/bench/gpus](../test/bench/gpus). \`npm run gpus\` writes this page from those files.

An error is in units of its bound: right up to 1. Seconds are mostly spent on compiling. Kernels: another word for other kernels.

${row('adapter', 'run time', 'strategies', 'checks passed', 'wrong kernels', 'largest error', 's', 'kernels', 'date')}
| --- | --- | --- | --- | --- | --- | --: | --- | --- |
${rows.join('\n')}
${reports.every(([, { adapter }]) => adapter.isSoftware) ? '\nNo GPU was at hand: all of these are programs on the CPU.\n' : ''}`
}
