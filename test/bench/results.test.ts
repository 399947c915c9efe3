// From results to tables, to the README, to a picture; and from several files to one.
import { describe, expect, test } from 'vitest'
import { doubled } from './growth'
import { picture, scaleOf } from './picture'
import { merge, renew, type Measured, type Probe, type Results, type Row, type WorkResult } from './results'
import { summarise } from '../../src/measure/statistics'
import {
  columns,
  comparison,
  detail,
  figure,
  growthTable,
  markdown,
  ratio,
  reasons,
  report,
  resultsMarks,
  summaryMarks,
  withResults,
  withSummary,
} from './table'
import { flops, idOf, work, works } from '../../src/measure/works'

const measured = (ms: number, more: Partial<Measured> = {}): Measured => ({
  status: 'measured',
  median: ms,
  min: ms,
  max: ms,
  mad: 0,
  runs: 5,
  first: ms,
  dispatches: 0,
  submits: 0,
  bytes: null,
  ...more,
})
const result = (kind: WorkResult['kind'], one: (typeof works)[number], rows: Record<string, Row>): WorkResult => ({
  id: idOf(one),
  kind,
  work: one,
  flops: flops(kind, one),
  rows,
})
const lstm = work({ cell: 'lstm', B: 32, T: 32, V: 64, H: 128 })
const probe: Probe = {
  products: [],
  productRate: 1e10,
  peakRate: 1e11,
  dependentDispatch: 0.01,
  independentDispatch: 0.01,
  submit: 0.05,
  roundTrip: 1,
  load: 1e9,
  cachedLoad: 2e9,
  copy: 1e9,
}
const results: Results = {
  schema: 'sluice-bench 1',
  date: '2026-01-02',
  adapter: 'A <b>GPU</b>',
  host: { browser: 'Chrome/1' },
  probe,
  peers: { sluice: 'Sluice', 'tfjs-webgpu': 'TensorFlow.js', 'jax-wasm': 'jax-js', 'onnx-wasm': 'ONNX' },
  works: [
    result('train', lstm, {
      sluice: measured(20, { dispatches: 75, submits: 1, bytes: 2 ** 20 }),
      'tfjs-webgpu': measured(2000, { runs: 1, dispatches: 1779, submits: 119 }),
      'jax-wasm': { status: 'wrong', why: 'the loss is 0' },
      'onnx-wasm': { status: 'not offered', why: 'does not train' },
    }),
    result('generate', { ...lstm, B: 1, T: 256 }, { sluice: measured(64), 'jax-wasm': measured(32) }),
  ],
}

describe('tables', () => {
  test('figures and columns', () => {
    expect([0.1234, 1.234, 12.34, 123.4, 12345].map(figure)).toEqual(['0.123', '1.23', '12.3', '123', '12345'])
    expect([0.01234, 1e-7, 9.999, 99.96, 0].map(figure)).toEqual(['0.0123', '0.000000100', '10.0', '100', '0.00'])
    expect([-0.1234, -12.34, -123.4].map(figure)).toEqual(['-0.123', '-12.3', '-123'])
    expect(
      columns([
        ['', 'ms'],
        ['a work', '1'],
        ['b', '1000'],
      ]),
    ).toBe('          ms\na work     1\nb       1000')
  })

  test('ratios, and what is said in place of one', () => {
    const table = comparison(results, 'train')
    expect(table).toMatch(/2000 ×100 \(1\)/)
    expect(table).toMatch(/wrong loss/)
    expect(table).toMatch(/–$/m)
    expect(comparison(results, 'generate')).toMatch(/4000 .* 8000 ×0\.500/)
    expect(ratio(results.works[0]!, 'jax-wasm')).toBeUndefined()
    expect(reasons(results)).toEqual([expect.stringMatching(/jax-wasm.*wrong: the loss is 0/), 'does not train'])
  })

  test('a ratio is that of one run, though Sluice was measured again since', () => {
    const slices = renew(results, {
      ...results,
      works: [result('train', lstm, { sluice: measured(10, { beside: 10 }), 'tfjs-webgpu': measured(300, { beside: 10 }) })],
    })
    const later = renew(slices, { ...results, works: [result('train', lstm, { sluice: measured(15, { beside: 15 }) })] })
    expect(ratio(later.works[0]!, 'tfjs-webgpu')).toBe(30)
    expect(ratio(later.works[0]!, 'sluice')).toBe(1)
  })

  test('multiples of the floor', () => {
    const floor = (flops('train', lstm) / 1e10) * 1000
    expect(detail(results, 'train')).toContain(figure(20 / floor))
    const rates = { 'held 128×16 for 16 rows, workgroup 4': 1e10, 'registers 4×4, workgroup 8×1': 5e9 }
    const swept = { ...results, probe: { ...results.probe!, products: [{ M: 1, K: 128, N: 16, best: 'held 128×16 for 16 rows, workgroup 4', rates }] } }
    expect(detail(swept, 'train', markdown)).toContain(`| ${figure(20 / floor)} | ${figure(20 / (2 * floor))} |`)
    // At the rates that the products had in the same turns, where they were measured.
    const beside = { ...swept, works: [result('train', lstm, { sluice: measured(20, { productRates: { best: 8e9, tiles: 4e9 } }) })] }
    expect(detail(beside, 'train', markdown)).toContain(`| ${figure(16 / floor)} | ${figure(8 / floor)} |`)
    expect(detail(results, 'train')).toMatch(/ 0\.750$/m) // 75 dispatches of 10 µs
    expect(report(results)).toContain('A <b>GPU</b>; Chrome/1; 2026-01-02')
    expect(report({ ...results, works: [] })).not.toContain('training step')
    expect(detail({ ...results, probe: null }, 'train')).toMatch(/–  +–  +–$/m)
  })

  test('the plan in detail, where the file has it', () => {
    const planOf = (row: Measured) => {
      const [head, line] = detail({ ...results, works: [result('train', lstm, { sluice: row })] }, 'train', markdown)
        .split('\n')
        .filter((_, i) => i !== 1)
      return line!.split(' | ')[head!.split(' | ').indexOf('strategy')]
    }
    expect(planOf(measured(20, { strategy: 'fused-4' }))).toBe('fused-4')
    expect(planOf(measured(20))).toBe('–')
  })

  test('Sluice in other forms stands beside it, as peers and in detail', () => {
    const rows = {
      'jax-wasm': measured(40),
      'sluice-recompute': measured(26, { strategy: 'tile-16' }),
      'sluice-fused-4': measured(10, { strategy: 'fused-4' }),
      sluice: measured(20),
    }
    const both: Results = { ...results, peers: Object.fromEntries(Object.keys(rows).map((name) => [name, name])), works: [result('train', lstm, rows)] }
    expect(comparison(both, 'train', markdown).split('\n')).toEqual([
      '|  | sluice | sluice-recompute | sluice-fused-4 | jax-wasm |',
      expect.anything(),
      '| LSTM B32 T32 V64 H128 | 20.0 | 26.0 ×1.30 | 10.0 ×0.500 | 40.0 ×2.00 |',
    ])
    expect(
      detail(both, 'train', markdown)
        .split('\n')
        .slice(2)
        .map((line) => line.split(' | ').slice(0, 2)),
    ).toEqual([
      ['| LSTM B32 T32 V64 H128', '20.0'],
      ['| LSTM B32 T32 V64 H128, recompute', '26.0'],
      ['| LSTM B32 T32 V64 H128, fused-4', '10.0'],
    ])
    const fills = [...picture(both).matchAll(/fill="(hsl[^"]*|#0072b2)"><title>/g)].map(([, fill]) => fill)
    expect(new Set(fills).size).toBe(3)
  })

  test('a front page has one table, of training: Sluice in ms, the peers that train in multiples of it', () => {
    const written = withSummary(`before\n\n${summaryMarks.join('\nearlier\n')}\n\nafter`, results)
    expect(written).toMatch(/^before\n\n<!-- bench summary[^]*<!-- end of bench summary -->\n\nafter$/)
    expect(written).not.toContain('earlier')
    expect(written).toContain('|  | sluice | tfjs-webgpu |\n')
    expect(written).toContain('| LSTM B32 T32 V64 H128 | 20.0 | ×100 |')
    expect(written).toContain('(A <b>GPU</b>; Chrome/1; Sluice; TensorFlow.js; 2026-01-02)')
    expect(withSummary(written, results)).toBe(written)
    expect(() => withSummary('no marks', results)).toThrow(/no <!-- bench summary/)
  })

  test('the page of the results shows them between its marks, and nothing else of it changes', () => {
    const page = `before\n\n${resultsMarks.join('\nearlier\n')}\n\nafter`
    const written = withResults(page, results, 'a/b.svg')
    expect(written).toMatch(/^before\n\n<!-- bench[^]*<!-- end of bench -->\n\nafter$/)
    expect(written).not.toContain('earlier')
    expect(written).toContain('(a/b.svg)')
    expect(written).toContain('| LSTM B32 T32 V64 H128 | 20.0 | wrong loss | 2000 ×100 (1) | – |')
    expect(withResults(written, results, 'a/b.svg')).toBe(written)
    expect(() => withResults('no marks', results, '')).toThrow(/no <!-- bench/)
  })

  test('growth, each row against the one before, and what each is made of', () => {
    const growth = doubled('T').map((w, i) => ({ letter: 'T' as const, work: w, ms: summarise([10 * 3 ** i]), flops: flops('train', w), dispatches: 100 }))
    const table = growthTable({ growth, probe: null })
    expect(table.match(/×3\.00/g)?.length).toBe(4)
    expect(table.match(/×2\.00/g)?.length).toBe(4)
    const probe = { ...results.probe!, productRate: growth[0]!.flops / 0.004, dependentDispatch: 0.02 } // 4 ms of arithmetic
    expect(growthTable({ growth, probe }).split('\n')[1]).toMatch(/ 4\.00 +2\.00 +4\.00$/)
  })
})

test('a file that is added to: newer rows in place of older ones, others kept, the newer header', () => {
  const newer: Results = { ...results, date: '2026-01-03', peers: { sluice: 'Sluice' }, probe: null, works: [result('train', lstm, { sluice: measured(10) })] }
  const all = renew({ ...results, growth: [] }, newer)
  expect(all).toMatchObject({ date: '2026-01-03', growth: [] })
  expect(all.peers).toEqual(results.peers)
  expect(all.works.length).toBe(2)
  const slices: Results[] = [works[1]!, works[0]!, lstm].map((one) => ({ ...newer, works: [result('train', one, {})] }))
  expect(slices.reduce(renew).works.map(({ id }) => id)).toEqual([works[0]!, works[1]!, lstm].map(idOf))
  const mine = work({ cell: 'lstm', B: 1, T: 2, V: 3, H: 4 })
  const unsorted: Results[] = (['generate', 'forward', 'train'] as const).flatMap((kind) =>
    [mine, lstm].map((one) => ({ ...newer, works: [result(kind, one, {})] })),
  )
  expect(unsorted.reduce(renew).works.map(({ kind, id }) => [kind, id === idOf(mine)])).toEqual(
    (['train', 'forward', 'generate'] as const).flatMap((kind) => [
      [kind, false],
      [kind, true],
    ]),
  )
  expect(all.works[0]!.rows).toMatchObject({ sluice: { median: 10 }, 'tfjs-webgpu': { median: 2000 } })
  expect(all.probe).toEqual(probe)
})

test('merging a column from elsewhere keeps the header', () => {
  const torch: Results = {
    ...results,
    adapter: 'a processor',
    peers: { 'pytorch-cpu': 'PyTorch 2' },
    probe: null,
    works: [result('train', lstm, { 'pytorch-cpu': measured(2) })],
  }
  const both = merge(results, torch)
  expect(both).toMatchObject({ adapter: 'A <b>GPU</b>', peers: { 'pytorch-cpu': 'PyTorch 2', sluice: 'Sluice' } })
  expect(ratio(both.works[0]!, 'pytorch-cpu')).toBe(0.1)
  expect(both.probe).toEqual(probe)
})

describe('the picture', () => {
  test('a bar for each ratio, as long as its logarithm', () => {
    const svg = picture(results)
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)".*?><title>(.*?)<\/title>/g)].map(([, x, w, title]) => ({
      x: Number(x),
      width: Number(w),
      title,
    }))
    expect(bars.map(({ title }) => title)).toEqual([
      'Sluice: 20.0 ms',
      'TensorFlow.js webgpu: 2000 ms',
      'Sluice: 4000 characters/s',
      'jax-js wasm: 8000 characters/s',
    ])
    const [one, hundred, , half] = bars
    expect(half!.x).toBeLessThan(one!.x)
    expect(half!.x + half!.width).toBeCloseTo(one!.x, 0)
    expect(hundred!.width / half!.width).toBeCloseTo(Math.log(100) / Math.log(2), 1)
    expect(svg).toContain('2026-01-02')
  })

  test('what came from elsewhere is text, and the scale is whole decades around ×1', () => {
    expect(picture(results)).not.toContain('<b>')
    expect(scaleOf([1, 2, 30])).toEqual({ from: 0, to: 2 })
    expect(scaleOf([0.2, 1])).toEqual({ from: -1, to: 1 })
    expect(scaleOf([1, 1000])).toEqual({ from: 0, to: 3 })
  })
})
