// The parts of the bench that need no clock: statistics, arithmetic, options, checking of peers, tables, picture.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { doubled } from './growth'
import { measure, whatIsWrong } from './measure'
import { parse } from './options'
import { argmax, exchange, NotOffered, oneHot, takeGates, type Job, type Outcome, type Peer } from './peer'
import { picture, scaleOf } from './picture'
import { merge, renew, type Measured, type Probe, type Results, type Row, type WorkResult } from './results'
import { median, repetitions, summarise } from './statistics'
import { columns, comparison, detail, figure, growthTable, inReadme, ratio, readmeMarks, reasons, report } from './table'
import { data, flops, idOf, larger, titleOf, work, works, writing } from './works'

describe('statistics', () => {
  test('the median and the distances from it', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
    const values = [10, 12, 11, 50]
    expect(summarise(values)).toEqual({ median: 11.5, min: 10, max: 50, mad: 1, runs: 4 })
    expect(values).toEqual([10, 12, 11, 50])
  })

  test.each([
    [1, 11, 5000, 11],
    [1000, 11, 5000, 5],
    [4000, 11, 5000, 3],
    [9999, 11, 5000, 3],
    [10_001, 11, 5000, 1],
    [2, 2, 5000, 2],
  ])('a step of %f ms, %i wanted within %f ms: %i', (ms, wanted, budget, expected) => expect(repetitions(ms, wanted, budget)).toBe(expected))
})

describe('arithmetic', () => {
  test('counted by hand', () => {
    // T·B = 6 rows; forward: U 6·2·4·(8·8), head 6·2·8·5.
    const one = work({ cell: 'lstm', T: 2, B: 3, H: 8, V: 5 })
    expect(flops('forward', one)).toBe(6 * 2 * (4 * 64 + 40))
    expect(flops('train', one)).toBe(3 * flops('forward', one))
    expect(flops('forward', { ...one, cell: 'gru' })).toBe(6 * 2 * (3 * 64 + 40))
    expect(flops('forward', { ...one, cell: 'rnn' })).toBe(6 * 2 * (64 + 40))
    // The second layer also multiplies what the first puts out; both directions: twice the gates, twice as wide.
    expect(flops('forward', { ...one, layers: 2 })).toBe(6 * 2 * (3 * 4 * 64 + 40))
    expect(flops('forward', { ...one, bidirectional: true })).toBe(6 * 2 * (2 * 4 * 64 + 80))
    expect(flops('forward', { ...one, bidirectional: true, layers: 2 })).toBe(6 * 2 * (2 * 2 * 4 * 64 + 2 * 4 * 16 * 8 + 80))
  })

  test('every work has a name of its own, and ids within its vocabulary that are not all the same', () => {
    const all = [...works, ...larger, ...writing]
    expect(new Set(all.map(idOf)).size).toBe(all.length)
    expect(idOf(work({ cell: 'lstm', B: 1, T: 2, V: 3, H: 4, layers: 2, bidirectional: true }))).toBe('bi-lstm-2x-b1-t2-v3-h4')
    expect(titleOf(work({ cell: 'gru-reset-after', B: 1, T: 2, V: 3, H: 4 }))).toBe('GRU reset after B1 T2 V3 H4')
    for (const one of all) {
      const { inputs, targets } = data(one)
      expect(inputs.length).toBe(one.T * one.B)
      expect(Math.max(...inputs, ...targets)).toBeLessThan(one.V)
      expect(new Set(targets).size).toBeGreaterThan(2)
      // The target is the next input.
      if (one.T > 1) expect(targets[0]).toBe(inputs[one.B])
    }
  })

  test('growth doubles one letter four times', () => {
    expect(doubled('T').map(({ T }) => T)).toEqual([16, 32, 64, 128, 256])
    expect(doubled('L').map(({ layers }) => layers)).toEqual([1, 2, 4, 8, 16])
    const [a, b] = doubled('B').map((w) => flops('train', w))
    expect(b! / a!).toBe(2)
  })
})

describe('options', () => {
  test('all of it unless told otherwise; parts of names choose', () => {
    const all = parse([])
    expect(all).toMatchObject({ runs: 11, only: 'bench', probe: true, kinds: ['train', 'forward', 'generate'] })
    expect(all.peers.length).toBe(8)
    expect(all.works.length).toBe(works.length + writing.length)
    expect(parse(['peers=jax', 'works=h512,bi-', 'runs=3', 'noprobe'])).toMatchObject({ peers: ['sluice', 'jax-webgpu', 'jax-wasm'], works: ['lstm-b32-t64-v65-h512', 'bi-lstm-b32-t35-v28-h128'], runs: 3, probe: false })
    expect(parse(['quick']).works).toEqual(['lstm-b32-t32-v64-h128', 'lstm-b1-t256-v64-h256'])
    expect(parse(['larger']).works.length).toBe(works.length + larger.length + writing.length)
    expect(parse(['growth']).only).toBe('growth')
    expect(parse(['into=a.json', 'merge=b.json,c.json'])).toMatchObject({ into: 'a.json', merge: ['b.json', 'c.json'] })
  })

  test.each([['peers=keras', /keras/], ['runs=0', /at least 1/], ['runs=x', /at least 1/], ['colour=red', /not understood/], ['kinds=test', /train, forward, generate/], ['works=h77', /h77/]])('%s is refused with what is possible', (arg, message) =>
    expect(() => parse([arg])).toThrow(message))
})

describe('what peers are given', () => {
  test('gates in their order', () => {
    // [rows = 2, D = 2, G = 2, H = 1]
    const values = Float32Array.of(0, 1, 10, 11, 100, 101, 110, 111)
    expect([...takeGates(values, { rows: 2, D: 2, G: 2, H: 1 }, 1, [1, 0])]).toEqual([11, 10, 111, 110])
  })

  test('one-hot vectors, batch-major data and back', () => {
    expect([...oneHot([2, 0], 3)]).toEqual([0, 0, 1, 1, 0, 0])
    const timeMajor = Uint32Array.of(0, 1, 2, 10, 11, 12) // T = 2, B = 3
    expect([...exchange(timeMajor, 2, 3)]).toEqual([0, 10, 1, 11, 2, 12])
    expect([...exchange(exchange(timeMajor, 2, 3), 3, 2)]).toEqual([...timeMajor])
    expect(argmax([1, 5, 3])).toBe(1)
  })
})

describe('measuring', () => {
  const task = { kind: 'train' as const, work: work({ cell: 'lstm', B: 2, T: 3, V: 8, H: 4 }), weights: new Map(), inputs: new Uint32Array(6), targets: new Uint32Array(6) }
  const start = Math.log(8)
  const good = Array.from({ length: 20 }, (_, n) => start * 0.9 ** n)

  /** Steps take `ms` of a clock of the test's own. */
  const clock = { time: 0 }
  const log: string[] = []
  const peer = (name: string, outcomes: Outcome[], ms: number, destroyed?: () => void): Peer => ({
    title: name,
    open: async () => {},
    start: async (): Promise<Job> => {
      let n = 0
      return {
        step: async () => {
          clock.time += ms
          log.push(name)
          const outcome = outcomes[n++]
          if (outcome === undefined) throw new Error('no more\nstack')
          return outcome
        },
        destroy: () => destroyed?.(),
      }
    },
  })
  const run = (peers: [string, Peer][], runs = 3, budget = 1e6) => {
    log.length = 0
    return measure(task, new Map(peers), { runs, budget, now: () => clock.time })
  }

  test('peers take turns, after two steps that are not timed, and each is closed', async () => {
    let closed = 0
    const rows = await run([['sluice', peer('s', good, 10, () => closed++)], ['other', peer('o', good, 30, () => closed++)]])
    expect(log.join('')).toBe('ssoosososo')
    expect(rows['sluice']).toMatchObject({ status: 'measured', median: 10, mad: 0, runs: 3, first: 10, bytes: null })
    expect(rows['other']).toMatchObject({ status: 'measured', median: 30 })
    expect((rows['other'] as Measured).losses).toEqual(good.slice(0, 5))
    expect(closed).toBe(2)
  })

  test('a wrong loss is not timed: at the start, after an update, or later', async () => {
    const bad = (at: number) => good.map((loss, n) => (n === at ? loss * 1.01 : loss))
    for (const at of [0, 1, 3]) {
      const rows = await run([['sluice', peer('s', good, 10)], ['other', peer('o', bad(at), 1)]])
      expect(rows['other']).toMatchObject({ status: 'wrong', why: expect.stringContaining(`step ${at}`) })
      expect(rows['sluice']).toMatchObject({ status: 'measured', runs: 3 })
    }
    const zero = await run([['sluice', peer('s', good, 10)], ['other', peer('o', [0, 0, 0], 1)]])
    expect(zero['other']).toMatchObject({ status: 'wrong', why: expect.stringContaining('ln V = 2.079') })
  })

  test('a peer that cannot or that breaks does not stop the others; a wrong reference does', async () => {
    const cannot: Peer = { title: 'x', open: async () => {}, start: () => Promise.reject(new NotOffered('no such cell')) }
    const rows = await run([['sluice', peer('s', good, 10)], ['cannot', cannot], ['breaks', peer('b', good.slice(0, 3), 1)]])
    expect(rows).toMatchObject({ sluice: { runs: 3 }, cannot: { status: 'not offered', why: 'no such cell' }, breaks: { status: 'failed', why: 'no more' } })
    await expect(run([['sluice', peer('s', [0], 10)]])).rejects.toThrow(/ln V/)
  })

  test.each([
    [4000, 3, 5],
    [6000, 3, 4],
    [11_000, 1, 2],
  ])('a step of %i ms is timed %i times, of %i in all', async (ms, timed, all) => {
    const rows = await run([['sluice', peer('s', good, 1)], ['slow', peer('l', good, ms)]], 11, 5000)
    expect(rows['slow']).toMatchObject({ runs: timed, median: ms })
    expect(log.filter((name) => name === 'l').length).toBe(all)
  })

  test('logits and texts are compared too', () => {
    const logits = Float32Array.of(1, -2, 0.5)
    const at = { step: 0, V: 3 }
    expect(whatIsWrong(Float32Array.of(1, -2.001, 0.5), logits, at)).toBeUndefined()
    expect(whatIsWrong(Float32Array.of(1, -2.01, 0.5), logits, at)).toMatch(/differ/)
    expect(whatIsWrong(Float32Array.of(1, NaN, 0.5), logits, at)).toMatch(/differ/)
    expect(whatIsWrong(Float32Array.of(1, -2), logits, at)).toMatch(/2 logits/)
    const text = Uint32Array.from({ length: 32 }, (_, i) => i % 3)
    expect(whatIsWrong(text.slice(), text, at)).toBeUndefined()
    expect(whatIsWrong(text.map((id, i) => (i === 20 ? 7 : id)), text, at)).toBeUndefined()
    expect(whatIsWrong(text.map((id, i) => (i === 4 ? 7 : id)), text, at)).toMatch(/character 4/)
  })
})

const measured = (ms: number, more: Partial<Measured> = {}): Measured => ({ status: 'measured', median: ms, min: ms, max: ms, mad: 0, runs: 5, first: ms, dispatches: 0, submits: 0, bytes: null, ...more })
const result = (kind: WorkResult['kind'], one: (typeof works)[number], rows: Record<string, Row>): WorkResult => ({ id: idOf(one), kind, work: one, flops: flops(kind, one), rows })
const lstm = work({ cell: 'lstm', B: 32, T: 32, V: 64, H: 128 })
const probe: Probe = { products: [], productRate: 1e10, peakRate: 1e11, dependentDispatch: 0.01, independentDispatch: 0.01, submit: 0.05, roundTrip: 1, load: 1e9, cachedLoad: 2e9, copy: 1e9 }
const results: Results = {
  schema: 'sluice-bench 1', date: '2026-01-02', adapter: 'A <b>GPU</b>', host: { browser: 'Chrome/1' }, probe,
  peers: { sluice: 'Sluice', 'tfjs-webgpu': 'TensorFlow.js', 'jax-wasm': 'jax-js', 'onnx-wasm': 'ONNX' },
  works: [
    result('train', lstm, {
      sluice: measured(20, { dispatches: 75, submits: 1, bytes: 2 ** 20 }), 'tfjs-webgpu': measured(2000, { runs: 1, dispatches: 1779, submits: 119 }),
      'jax-wasm': { status: 'wrong', why: 'the loss is 0' }, 'onnx-wasm': { status: 'not offered', why: 'does not train' },
    }),
    result('generate', { ...lstm, B: 1, T: 256 }, { sluice: measured(64), 'jax-wasm': measured(32) }),
  ],
}

describe('tables', () => {
  test('figures and columns', () => {
    expect([0.1234, 1.234, 12.34, 123.4, 12345].map(figure)).toEqual(['0.123', '1.23', '12.3', '123', '12345'])
    expect(columns([['', 'ms'], ['a work', '1'], ['b', '1000']])).toBe('          ms\na work     1\nb       1000')
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

  test('multiples of the floor', () => {
    const floor = (flops('train', lstm) / 1e10) * 1000
    expect(detail(results, 'train')).toContain(figure(20 / floor))
    expect(detail(results, 'train')).toMatch(/ 0\.750$/m) // 75 dispatches of 10 µs
    expect(report(results)).toContain('A <b>GPU</b>; Chrome/1; 2026-01-02')
    expect(report({ ...results, works: [] })).not.toContain('training step')
    expect(detail({ ...results, probe: null }, 'train')).toMatch(/–  +–  +–$/m)
  })

  test('the README shows them between its marks, and nothing else of it changes', () => {
    const readme = `before\n\n${readmeMarks.join('\nold\n')}\n\nafter`
    const written = inReadme(readme, results, 'a/b.svg')
    expect(written).toMatch(/^before\n\n<!-- bench[^]*<!-- end of bench -->\n\nafter$/)
    expect(written).not.toContain('old')
    expect(written).toContain('(a/b.svg)')
    expect(written).toContain('| LSTM B32 T32 V64 H128 | 20.0 | wrong loss | 2000 ×100 (1) | – |')
    expect(inReadme(written, results, 'a/b.svg')).toBe(written)
    expect(() => inReadme('no marks', results, '')).toThrow(/README/)
  })

  test('growth, each row against the one before', () => {
    const rows = doubled('T').map((w, i) => ({ letter: 'T' as const, work: w, ms: summarise([10 * 3 ** i]), flops: flops('train', w) }))
    const table = growthTable(rows)
    expect(table.match(/×3\.00/g)?.length).toBe(4)
    expect(table.match(/×2\.00/g)?.length).toBe(4)
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
  expect(all.works[0]!.rows).toMatchObject({ sluice: { median: 10 }, 'tfjs-webgpu': { median: 2000 } })
  expect(all.probe).toEqual(probe)
})

test('merging a column from elsewhere keeps the header', () => {
  const torch: Results = { ...results, adapter: 'a processor', peers: { 'pytorch-cpu': 'PyTorch 2' }, probe: null, works: [result('train', lstm, { 'pytorch-cpu': measured(2) })] }
  const both = merge(results, torch)
  expect(both).toMatchObject({ adapter: 'A <b>GPU</b>', peers: { 'pytorch-cpu': 'PyTorch 2', sluice: 'Sluice' } })
  expect(ratio(both.works[0]!, 'pytorch-cpu')).toBe(0.1)
  expect(both.probe).toEqual(probe)
})

test('pytorch.py measures the same works', () => {
  const script = readFileSync(fileURLToPath(new URL('pytorch.py', import.meta.url)), 'utf8')
  const listed = (name: string) => [...new RegExp(`^${name} = """\n(.*?)"""`, 'ms').exec(script)![1]!.matchAll(/\S+/g)].map(([id]) => id)
  expect(listed('WORKS')).toEqual(works.map(idOf))
  expect(listed('LARGER')).toEqual(larger.map(idOf))
  expect(listed('WRITING')).toEqual(writing.map(idOf))
})

describe('the picture', () => {
  test('a bar for each ratio, as long as its logarithm', () => {
    const svg = picture(results)
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)".*?><title>(.*?)<\/title>/g)].map(([, x, w, title]) => ({ x: Number(x), width: Number(w), title }))
    expect(bars.map(({ title }) => title)).toEqual(['Sluice: 20.0 ms', 'TensorFlow.js webgpu: 2000 ms', 'Sluice: 4000 characters/s', 'jax-js wasm: 8000 characters/s'])
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
