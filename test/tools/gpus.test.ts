// docs/gpus.md is what `npm run gpus` makes of the reports, and the report reads as Markdown.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatMeasurement, type GpuMeasurement } from '../../src/measure/report'
import { formatReport, type GpuReport } from '../../src/verify/report'
import { gpusPage } from '../../tools/gpu/page'

const folder = new URL('../bench/gpus/', import.meta.url)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as GpuReport | GpuMeasurement] as const)
const read = <Kind>(prefix: string) => files.flatMap(([file, content]) => (file.startsWith(prefix) ? [content as Kind] : []))
const reports = read<GpuReport>('verify-')
const measurements = read<GpuMeasurement>('measure-')

test('the page is of the files as they stand: npm run gpus', () => {
  expect(Math.min(reports.length, measurements.length)).toBeGreaterThan(1)
  expect(readFileSync(new URL('../../docs/gpus.md', import.meta.url), 'utf8')).toBe(gpusPage(files))
})

test('a report names what failed before all else, and every line has its row', () => {
  const [report] = reports as [GpuReport]
  const [first, ...lines] = report.lines
  const failed: GpuReport = { ...report, lines: [{ ...first!, status: 'failed', error: NaN, why: 'c[3] is 1 | 2,\nexpected 3' }, ...lines] }
  const text = formatReport(failed)
  expect(text.split('\n')[0]).toBe(`### Sluice on ${report.adapter.name}`)
  expect(text).toContain(`**1 of ${report.lines.length} checks failed: ${first!.kernel}.**`)
  const row = text.split('\n').filter((line) => line.includes('c[3] is'))
  expect(row.length).toBe(2) // above, and among all
  expect(row[0]).toMatch(/\| failed \| NaN \| \d+ \| c\[3\] is 1 \\\| 2, expected 3 \|$/)
  expect(text.match(/\| passed \|/g)?.length).toBe(report.lines.length - 1)
  expect(formatReport(report)).toContain(`**All ${report.lines.length} checks passed.**`)
})

test('a measurement has its figures by kind of work, the fastest in bold, and says what had no time', () => {
  const [measurement] = measurements as [GpuMeasurement]
  const [work] = measurement.works
  const [first, second] = measurement.strategies
  const one = (strategy: (typeof measurement.strategies)[number], ms: number) =>
    ({ engine: 'sluice', strategy, status: 'measured', ms, min: ms, max: ms, runs: 3, first: ms }) as const
  const late = { engine: 'sluice', strategy: measurement.strategies[2]!, status: 'no time', why: 'the time was up' } as const
  const rows = [one(first!, 20), one(second!, 10), late]
  const text = formatMeasurement({ ...measurement, works: [{ ...work!, kind: 'train', title: 'a | b <img>', flops: 1e9, rows }] })
  expect(text).toContain(`### Sluice’s speed on ${measurement.adapter.name}`)
  expect(text).toMatch(/\| a \\\| b \\<img> \| 20\.0 \| \*\*10\.0\*\* \| … \|.* 100 \|/)
  expect(text).toContain('1 of 3 rows had no time')
})

test('what is no measurement is refused, and names what it lacks', () => {
  const [measurement] = measurements as [GpuMeasurement]
  type Any = Record<string, unknown> & {
    adapter: Record<string, unknown>
    works: { kind: unknown; rows: Record<string, unknown>[] }[]
    probe: Record<string, unknown>
  }
  const changed = (change: (copy: Any) => void) => {
    const copy = structuredClone(measurement) as unknown as Any
    change(copy)
    return () => formatMeasurement(copy as unknown as GpuMeasurement)
  }
  expect(changed(() => {})).not.toThrow()
  expect(changed((copy) => (copy['version'] = 2))).toThrow(/no version 1/)
  expect(changed((copy) => delete copy.adapter['name'])).toThrow(/no adapter/)
  expect(changed((copy) => (copy.works[0]!.kind = 'x'))).toThrow(/no work/)
  expect(changed((copy) => (copy.works[0]!.kind = 'toString'))).toThrow(/no work/)
  expect(changed((copy) => (copy.works[0]!.rows[0]!['ms'] = '<b>'))).toThrow(/no row/)
  expect(changed((copy) => (copy.works[0]!.rows[0]!['strategy'] = 'x'))).toThrow(/no row/)
  expect(changed((copy) => (copy.probe['products'] = 5))).toThrow(/no probe/)
  expect(changed((copy) => (copy['peers'] = ['x', 5]))).toThrow(/no peers/)
})
