// The parts of the bench that need neither clock nor adapter: statistics, arithmetic, options, what peers are given.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { strategyNames } from 'sluice'
import { describe, expect, test } from 'vitest'
import { doubled } from './growth'
import { isSluice, parse, sluiceNames } from './options'
import { argmax, exchange, oneHot, takeGates } from './peer'
import { median, repetitions, summarise } from '../../src/measure/statistics'
import { data, flops, idOf, larger, titleOf, work, workOf, works, worksOf, writing } from '../../src/measure/works'

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

  test('a name that idOf writes is read back, and no other is read', () => {
    const shapes = [...works, ...larger, ...writing, work({ cell: 'rnn-relu', B: 1, T: 2, V: 3, H: 4, layers: 6, bidirectional: true })]
    expect(shapes.map((one) => workOf(idOf(one)))).toEqual(shapes)
    for (const id of [
      'lstm',
      'lstm-b1-t2-v3',
      'lsmt-b1-t2-v3-h4',
      'lstm-b0-t2-v3-h4',
      'lstm-b1-t2-v1-h4',
      'lstm-0x-b1-t2-v3-h4',
      'lstm-b01-t2-v3-h4',
      'lstm-b1-t2-v3-h4.5',
      'lstm-b1-t2-v3-h4-',
    ])
      expect(workOf(id), id).toBeUndefined()
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
    expect(parse(['peers=jax', 'works=h512,bi-', 'runs=3', 'noprobe'])).toMatchObject({
      peers: ['sluice', 'jax-webgpu', 'jax-wasm'],
      works: ['lstm-b32-t64-v65-h512', 'bi-lstm-b32-t35-v28-h128'],
      runs: 3,
      probe: false,
    })
    expect(parse(['quick']).works).toEqual(['lstm-b32-t32-v64-h128', 'lstm-b1-t256-v64-h256'])
    expect(parse(['larger']).works.length).toBe(works.length + larger.length + writing.length)
    expect(parse(['growth']).only).toBe('growth')
    expect(parse(['into=a.json', 'merge=b.json,c.json'])).toMatchObject({ into: 'a.json', merge: ['b.json', 'c.json'] })
  })

  test('Sluice by each of its plans and with recompute, only where they are asked for', () => {
    expect(sluiceNames.filter((name) => !name.endsWith('-recompute'))).toEqual(['sluice', ...strategyNames.map((strategy) => `sluice-${strategy}`)])
    expect(parse([]).peers.filter(isSluice)).toEqual(['sluice'])
    expect(parse(['peers=sluice']).peers).toEqual(['sluice'])
    expect(parse(['peers=fused-4,tile-16,jax-wasm']).peers).toEqual(['sluice', 'jax-wasm', 'sluice-fused-4', 'sluice-tile-16'])
    expect(parse(['peers=fused-4,jax-wasm', 'recompute']).peers).toEqual([
      'sluice',
      'sluice-recompute',
      'jax-wasm',
      'sluice-fused-4',
      'sluice-fused-4-recompute',
    ])
    expect(['sluice', 'sluice-fused-2', 'sluice-x', 'jax-wasm'].map(isSluice)).toEqual([true, true, false, false])
  })

  test('a whole name is that work alone; a shape on no list is measured in every kind that it fits', () => {
    const { works: ids } = parse(['works=lstm-6x-b16-t64-v32-h32,lstm-b1-t9-v8-h4,h512,lstm-b32-t35-v28-h128'])
    expect(ids).toEqual(['lstm-b32-t64-v65-h512', 'lstm-6x-b16-t64-v32-h32', 'lstm-b1-t9-v8-h4', 'lstm-b32-t35-v28-h128'])
    expect(worksOf('train', ids).map(idOf)).toEqual(ids)
    expect(worksOf('generate', ids).map(idOf)).toEqual(['lstm-b1-t9-v8-h4'])
    expect(parse(['works=lstm-b16-t256-v64-h768']).works).toEqual(['lstm-b16-t256-v64-h768'])
    const all = parse([]).works
    expect(worksOf('forward', all)).toEqual(works)
    expect(worksOf('generate', all)).toEqual(writing)
    expect(worksOf('generate', ['bi-lstm-b1-t9-v8-h4'])).toEqual([])
  })

  test('in Node, only what runs there; the rest is refused with what to do', () => {
    expect(parse([], 'node').peers).toEqual(['sluice', 'tfjs-webgpu'])
    expect(parse(['peers=tfjs'], 'node').peers).toEqual(['sluice', 'tfjs-webgpu'])
    expect(parse(['peers=fused-4'], 'node').peers).toEqual(['sluice', 'sluice-fused-4'])
    expect(() => parse(['peers=jax'], 'node')).toThrow(/^peers has jax, expected a part of: sluice, tfjs-webgpu, .*; the other peers need a browser$/)
    for (const arg of ['readme', 'show=a.json']) expect(() => parse([arg], 'node')).toThrow(/is not for the bench in Node\. .*npm run bench -- show=FILE/)
  })

  test.each([
    ['peers=keras', /keras/],
    ['peers=whole-32', /whole-32, .*sluice-fused-4/],
    ['runs=0', /at least 1/],
    ['runs=x', /at least 1/],
    ['colour=red', /not understood/],
    ['kinds=test', /train, forward, generate/],
    ['works=h77', /h77/],
    ['works=lstm-b32-t9-v8', /works has lstm-b32-t9-v8, .*\[bi-\]CELL\[-Lx\]-bB-tT-vV-hH/],
  ])('%s is refused with what is possible', (arg, message) => expect(() => parse([arg])).toThrow(message))
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

test('pytorch.py measures the same works', () => {
  const script = readFileSync(fileURLToPath(new URL('pytorch.py', import.meta.url)), 'utf8')
  const listed = (name: string) => [...new RegExp(`^${name} = """\n(.*?)"""`, 'ms').exec(script)![1]!.matchAll(/\S+/g)].map(([id]) => id)
  expect(listed('WORKS')).toEqual(works.map(idOf))
  expect(listed('LARGER')).toEqual(larger.map(idOf))
  expect(listed('WRITING')).toEqual(writing.map(idOf))
})
