// The page docs/gpus.md, made from the reports and measurements in test/bench/gpus.
import type { GpuMeasurement, GpuReport } from 'sluice'
import { fastestOf, figure } from '../../src/measure/report'
import { table } from '../../src/verify/facts'

/** By file name. */
export type Files = readonly (readonly [file: string, content: GpuReport | GpuMeasurement])[]

const isReport = (one: Files[number]): one is readonly [string, GpuReport] => 'lines' in one[1]
const isMeasurement = (one: Files[number]): one is readonly [string, GpuMeasurement] => 'works' in one[1]

/** `Chrome 156`, `Dawn in Node 20.20.2`. */
const runtimeOf = (runtime: string): string => {
  const found = /(Firefox|Edg|Chrome)\/(\d+)/.exec(runtime) ?? /(Version)\/(\d+).*Safari/.exec(runtime)
  if (!found) return runtime
  return `${{ Edg: 'Edge', Version: 'Safari' }[found[1]!] ?? found[1]} ${found[2]}`
}

const about = ([, { adapter, runtime }]: Files[number]): string[] => [adapter.name, runtimeOf(runtime)]
const when = ([file, { date, kernels }]: Files[number]): string[] => [kernels, `[${file.replace(/^(verify|measure)-|\.json$/g, '')}, ${date.slice(0, 10)}](../test/bench/gpus/${file})`]

function reportRow(one: readonly [string, GpuReport]): string[] {
  const { strategies, lines, ms } = one[1]
  const passed = lines.filter(({ status }) => status === 'passed').length
  const wrong = [...new Set(lines.filter(({ status }) => status === 'failed').map(({ kernel }) => kernel))]
  const worst = lines.reduce((most, { error }) => Math.max(most, error ?? 0), 0)
  return [
    ...about(one),
    strategies.join(', '),
    `${passed} of ${lines.length}`,
    wrong.join(', ') || '–',
    worst.toPrecision(2),
    (ms / 1000).toFixed(0),
    ...when(one),
  ]
}

/** The works of the page, of all that were measured. */
const shown = [
  { kind: 'train', id: 'lstm-b32-t32-v64-h128', title: 'train LSTM 128' },
  { kind: 'train', id: 'gru-reset-after-b32-t32-v64-h128', title: 'train GRU 128' },
  { kind: 'train', id: 'lstm-b32-t64-v65-h512', title: 'train LSTM 512' },
  { kind: 'forward', id: 'lstm-b32-t32-v64-h128', title: 'forward LSTM 128' },
  { kind: 'generate', id: 'lstm-b1-t256-v64-h256', title: 'characters/s LSTM 256' },
] as const

function measurementRow(one: readonly [string, GpuMeasurement]): string[] {
  const { works, probe, peers } = one[1]
  const cells = shown.map(({ kind, id }) => {
    const work = works.find((work) => work.kind === kind && work.id === id)
    const best = work && fastestOf(work)
    return best ? `${figure(kind === 'generate' ? (work.length / best.ms!) * 1000 : best.ms!)} ${best.strategy}` : '–'
  })
  const lstm = works.find(({ kind, id }) => kind === 'train' && id === shown[0].id)
  const others = Object.keys(peers).flatMap((name) => {
    const [row, best] = [lstm?.rows.find(({ engine }) => engine === name), lstm && fastestOf(lstm)]
    return row?.ms && best ? [`${name} ×${figure(row.ms / best.ms!)}`] : []
  })
  const limits = probe ? [figure(probe.productRate / 1e9), figure(probe.load / 1e9), figure(probe.dependentDispatch * 1000)] : ['–', '–', '–']
  return [...about(one), ...cells, others.join(', ') || '–', ...limits, ...when(one)]
}

export function gpusPage(files: Files): string {
  const [reports, measurements] = [files.filter(isReport), files.filter(isMeasurement)]
  const lines = [
    '# GPUs',
    '',
    'What `npm run verify` and `npm run measure` found on machines of ours and of others ([Verify and measure a GPU](verify.md)). To send in a',
    'run, paste the report into an issue of the kind GPU results, or add its JSON (`--save FILE`, or what the page downloads) to',
    '[test/bench/gpus](../test/bench/gpus). `npm run gpus` writes this page from those files. Kernels: another word for other kernels.',
    '',
    '## Right results',
    '',
    'An error is in units of its bound: right up to 1. Seconds are mostly spent on compiling.',
    '',
    ...table(['adapter', 'run time', 'strategies', 'checks passed', 'wrong kernels', 'largest error', 's', 'kernels', 'date'], reports.map(reportRow), [
      '---',
      '---',
      '---',
      '---',
      '---',
      '---',
      '--:',
      '---',
      '---',
    ]),
    '',
    '## Speed',
    '',
    'Milliseconds of a training step or a forward run (batch 32) and characters a second at batch 1, each by the fastest strategy; the files',
    'have all shapes and strategies. The last three figures are the best that the adapter can do: GFLOP/s of a matrix product, GB/s of loads, µs',
    'of a dispatch that waits for another.',
    '',
    ...table(
      ['adapter', 'run time', ...shown.map(({ title }) => title), 'train LSTM 128 beside', 'GFLOP/s', 'GB/s', 'µs', 'kernels', 'date'],
      measurements.map(measurementRow),
      ['---', '---', ...shown.map(() => '--:'), '---', '--:', '--:', '--:', '---', '---'],
    ),
    '',
    ...(files.every(([, { adapter }]) => adapter.isSoftware)
      ? ['No GPU was at hand: all of these are programs on the CPU, on machines with other work to do.', '']
      : []),
  ]
  return lines.join('\n')
}
