// The bench of streams works where ONNX Runtime is not installed, and refuses to time engines that disagree.
import { expect, test } from 'vitest'
import { testDevice } from '../../support/kernel'
import type { Engine } from './engine'
import { cases, measureStreams } from './measure'
import { sluice } from './sluice'
import { streamNote, streamTable } from './table'

const options = { hidden: [5], rounds: 2, turn: 1, checked: 20 }

test('without ONNX Runtime it says skipped, and measures Sluice', async () => {
  const said: string[] = []
  const device = await testDevice()
  const results = await measureStreams(options, { device, host: {}, peers: { 'onnx-wasm-1': 'it is not installed' }, say: (line) => said.push(line) })
  expect(said[0]).toBe('onnx-wasm-1: skipped, it is not installed')
  expect(Object.keys(results.engines)).toEqual(['sluice'])
  expect(results.results.map(({ title }) => title)).toEqual(cases.map(({ title }) => title))
  for (const { difference, rows } of results.results) {
    expect(difference).toBeNull()
    expect(rows['sluice']).toMatchObject({ ratio: 1 })
    expect(rows['sluice']!.p95).toBeGreaterThanOrEqual(rows['sluice']!.median)
    expect(rows['sluice']!.runs).toBeGreaterThanOrEqual(6)
  }
  expect(streamTable(results).split('\n').length).toBe(1 + cases.length)
  expect(streamNote(results)).toContain('skipped')
})

test('an engine that answers otherwise is not timed', async () => {
  const off = (by: number): Engine => ({
    title: 'another',
    async open(network, shape) {
      const stream = await sluice.open(network, shape)
      return { ...stream, hear: async (batches) => (await stream.hear(batches)).map((logits) => logits.map((value) => value + by)) }
    },
  })
  const measure = async (by: number) => measureStreams(options, { device: await testDevice(), host: {}, peers: { other: off(by) }, say: () => {} })
  expect((await measure(0)).results[0]).toMatchObject({ difference: 0 })
  await expect(measure(1e-3)).rejects.toThrow(/LSTM 5, 1 stream.*Sluice and other differ by/)
})
