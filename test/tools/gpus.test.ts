// docs/gpus.md is what `npm run gpus` makes of the reports, and the report reads as Markdown.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatReport, type GpuReport } from '../../src/verify/report'
import { gpusPage } from '../../tools/gpu/page'

const folder = new URL('../bench/gpus/', import.meta.url)
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as GpuReport] as const)

test('the page is of the reports as they stand: npm run gpus', () => {
  expect(reports.length).toBeGreaterThan(0)
  expect(readFileSync(new URL('../../docs/gpus.md', import.meta.url), 'utf8')).toBe(gpusPage(reports))
})

test('a report names what failed before all else, and every line has its row', () => {
  const [, report] = reports[0]!
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
