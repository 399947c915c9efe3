// The tables of the bench of streams, and that docs/streams.md shows the committed results.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { markdown } from '../table'
import type { Results } from './measure'
import { streamMarks, streamNote, streamTable, withStreams } from './table'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8')
const row = (median: number, ratio: number) => ({ median, p95: 2 * median, runs: 9, perSecond: 1000 / median, ratio })
const results: Results = {
  schema: 'sluice-stream 1',
  date: '2026-01-02',
  adapter: 'a GPU',
  host: { browser: 'Chrome/1' },
  engines: { sluice: 'Sluice 1', 'onnx-wasm-1': 'ONNX Runtime Web 1' },
  skipped: { 'onnx-wasm-2': 'it is not installed' },
  floor: { copy: 0.5, dispatch: 0.75 },
  results: [{ hidden: 24, title: '1 stream', difference: 2.4e-7, rows: { sluice: row(2, 1), 'onnx-wasm-1': row(0.1, 19.5) } }],
}

test('Sluice and the others in ms, and how many times as long Sluice takes', () => {
  expect(streamTable(results, markdown).split('\n')).toEqual([
    '| LSTM | sluice, ms | p95 | frames/s | onnx-wasm-1, ms | p95 | frames/s | ratio |',
    expect.anything(),
    '| 24, 1 stream | 2.00 | 4.00 | 500 | 0.100 | 0.200 | 10000 | ×19.5 |',
  ])
  expect(streamNote(results)).toBe(
    '(a GPU; Chrome/1; Sluice 1; ONNX Runtime Web 1; 2026-01-02.) A submit that copies 16 bytes, and the wait for them, take 0.500 ms; with a dispatch, 0.750 ms. The logits differ by 2e-7 at most. onnx-wasm-2: skipped, it is not installed.',
  )
})

test('a page shows them between its marks', () => {
  const page = `before\n\n${streamMarks.join('\nearlier\n')}\n\nafter\n`
  const written = withStreams(page, results)
  expect(written).toMatch(/^before\n\n<!-- bench streams[^]*\| 24, 1 stream \|[^]*<!-- end of bench streams -->\n\nafter\n$/)
  expect(written).not.toContain('earlier')
  expect(withStreams(written, results)).toBe(written)
  expect(() => withStreams('no marks', results)).toThrow(/no <!-- bench streams/)
})

test('docs/streams.md shows the committed results, in which the engines agreed', () => {
  const committed = JSON.parse(read('test/bench/results/stream.json')) as Results
  const page = read('docs/streams.md')
  expect(withStreams(page, committed) === page, 'docs/streams.md is not of the results: npm run bench:stream -- page').toBe(true)
  expect(Object.keys(committed.engines)).toContain('onnx-wasm-1')
  for (const { title, difference } of committed.results) expect(difference, title).toBeLessThan(1e-4)
})
