// Files of results: added to run by run, merged, drawn, shown in a README.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Results, Row } from './results'
import { Store } from './store'
import { resultsMarks, summaryMarks } from './table'
import { idOf, works } from '../../src/measure/works'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const row = (median: number): Row => ({
  status: 'measured',
  median,
  min: median,
  max: median,
  mad: 0,
  runs: 3,
  first: median,
  dispatches: 0,
  submits: 0,
  bytes: null,
})
const found = (rows: Record<string, Row>, index = 0): Results => ({
  schema: 'sluice-bench 1',
  date: '2026-01-02',
  adapter: 'A GPU (driver 1.2)',
  host: {},
  probe: null,
  peers: Object.fromEntries(Object.keys(rows).map((name) => [name, name])),
  works: [{ id: idOf(works[index]!), kind: 'train', work: works[index]!, flops: 1, rows }],
})
const none = { into: undefined, merge: [], readme: false }
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Results

test('a file named after adapter and date, written again with each result, and a picture', () => {
  const store = new Store(none, join(folder, 'results'))
  store.save(found({ sluice: row(2) }))
  store.save(found({ sluice: row(2), 'jax-wasm': row(4) }))
  const said: string[] = []
  store.finish((line) => said.push(line))
  expect(readdirSync(join(folder, 'results')).sort()).toEqual(['a-gpu-driver-1-2-2026-01-02.json', 'a-gpu-driver-1-2-2026-01-02.svg'])
  expect(read('results/a-gpu-driver-1-2-2026-01-02.json').works[0]!.rows).toHaveProperty('jax-wasm')
  expect(said.join('\n')).toContain('×2.00')
})

test('slices go into one file; a column is merged; the pages show it', () => {
  const into = join(folder, 'all.json')
  for (const index of [1, 0]) new Store({ ...none, into }, folder).save(found({ sluice: row(2) }, index))
  expect(read('all.json').works.map(({ id }) => id)).toEqual([idOf(works[0]!), idOf(works[1]!)])
  const torch = join(folder, 'pytorch.json')
  writeFileSync(torch, JSON.stringify({ ...found({ 'pytorch-cpu': row(1) }), adapter: 'a processor' }))
  const pages: [string, readonly string[]][] = [
    ['README.md', summaryMarks],
    ['README.zh.md', summaryMarks],
    ['docs/performance.md', resultsMarks],
  ]
  mkdirSync(join(folder, 'docs'), { recursive: true })
  for (const [name, marks] of pages) writeFileSync(join(folder, name), marks.join('\n'))
  const store = new Store({ ...none, merge: [torch], readme: true }, folder)
  store.open(into)
  store.finish(() => {}, folder)
  expect(read('all.json')).toMatchObject({ adapter: 'A GPU (driver 1.2)' })
  expect(read('all.json').works[0]!.rows['pytorch-cpu']).toEqual(row(1))
  const [front, chinese, page] = pages.map(([name]) => readFileSync(join(folder, name), 'utf8'))
  expect(page).toMatch(/\(\.\.\/all\.svg\)[^]*1\.00 ×0\.500/)
  expect(front).toContain('| 2.00 | ×0.500 |')
  expect(chinese).toBe(front)
})

test('what is not there is said', () => {
  expect(() => new Store({ ...none, merge: [join(folder, 'no.json')] }, folder)).toThrow(/no\.json/)
  expect(() => new Store(none, folder).finish(() => {})).toThrow(/Nothing was measured/)
})
