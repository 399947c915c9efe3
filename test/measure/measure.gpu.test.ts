// A measurement of small works on the device that is there: every row has figures, a wrong peer has none, and it ends where it is told to.
import { expect, test } from 'vitest'
import { measureGpu } from 'sluice'
import { measureDevice, type Planned } from '../../src/measure/measure'
import type { Peer } from '../../src/measure/peer'
import { formatMeasurement } from '../../src/measure/report'
import { work } from '../../src/measure/works'
import { testDevice } from '../support/kernel'

const small = work({ cell: 'rnn', B: 4, T: 4, V: 8, H: 8 })
const tasks: Planned[] = [
  { kind: 'train', work: small },
  { kind: 'generate', work: { ...small, B: 1 } },
]
/** Gives what no engine should. */
const wrong: Peer = { title: 'Wrong 1.0', open: async () => {}, start: async () => ({ step: async () => 1, destroy: () => {} }) }

test('each work is measured by each strategy, and another engine only if it is right', async () => {
  const gpu = await testDevice()
  const strategies = ['tile-16', 'tile-8'] as const
  const told: number[] = []
  const run = { strategies, seconds: 60, signal: undefined, tasks, probe: false }
  const found = await measureDevice(gpu, { ...run, peers: [['other', wrong]], onProgress: ({ done, of }) => told.push(done / of) })
  expect(found.works.map(({ kind }) => kind)).toEqual(['train', 'generate'])
  for (const { kind, rows } of found.works) {
    expect(rows.map(({ engine, strategy }) => strategy ?? engine)).toEqual([...strategies, 'other'])
    for (const row of rows.slice(0, 2)) expect(row, kind).toMatchObject({ status: 'measured', runs: 3, ms: expect.any(Number) })
    expect(rows[2]!.status, kind).toMatch(/wrong|failed/)
  }
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(formatMeasurement(JSON.parse(JSON.stringify(found)))).toContain(`### Sluice’s speed on ${gpu.adapterName}`)
})

test('what had no time says so, and an abort ends it', async () => {
  const gpu = await testDevice()
  const late = await measureDevice(gpu, {
    strategies: ['tile-16', 'tile-8'],
    seconds: 1e-3,
    peers: [],
    onProgress: undefined,
    signal: undefined,
    tasks: tasks.slice(0, 1),
    probe: false,
  })
  expect(late.works[0]!.rows.map(({ status }) => status)).toEqual(['no time', 'no time'])
  const abort = new AbortController()
  const stop = new Error('stop')
  await expect(measureGpu(gpu, { signal: abort.signal, onProgress: () => abort.abort(stop) })).rejects.toBe(stop)
})
