// The products of the probe are right, edges included: a wrong one would be a fast one.
import { expect, test } from 'vitest'
import { asIf, testDevice } from '../support/kernel'
import { fits, grid, kernel, nameOf, tilings, type Tiling } from '../../src/measure/probe/products'
import { Bench } from '../../src/measure/probe/timing'

const gpu = await testDevice()
// One template makes them all: here is the first of each way through it.
const ways = new Map<string, Tiling>()
for (const tiling of [true, false].flatMap((isSoftware) => tilings(asIf(gpu, isSoftware)))) {
  const { kind, form, unroll, quads, parts } = tiling
  const way = [kind, form, unroll, quads, parts > 1].join()
  if (!ways.has(way)) ways.set(way, tiling)
}

const ran = new Set<Tiling['kind']>()

test.each([...ways.values()].map((tiling) => [nameOf(tiling), tiling] as const))('%s', async (name, tiling) => {
  const { device } = await testDevice()
  const [M, K, N] = [50, tiling.kind === 'held' ? tiling.depth : 64, 68]
  expect(fits(tiling, K)).toBe(true)
  const bench = new Bench(device)
  device.pushErrorScope('validation')
  const pipeline = await bench.pipeline(name, kernel(tiling)).catch((error: Error) => error)
  await device.popErrorScope()
  if (pipeline instanceof Error) {
    // Only what is too large for this adapter may be refused; the probe says so and goes on.
    expect(pipeline.message).toMatch(/exceeds|limit|larger than|maximum|subgroups/i)
    return
  }
  const A = Float32Array.from({ length: M * K }, (_, i) => Math.sin(i))
  const B = Float32Array.from({ length: K * N }, (_, i) => Math.cos(i))
  const buffers = [
    bench.uniform(Uint32Array.of(M, K / 4, N / 4)),
    bench.buffer('a', A.byteLength),
    bench.buffer('b', B.byteLength),
    bench.buffer('c', M * N * 4),
  ] as const
  device.queue.writeBuffer(buffers[1], 0, A)
  device.queue.writeBuffer(buffers[2], 0, B)
  const staging = bench.staging(M * N * 4)
  const encoder = device.createCommandEncoder()
  bench.pass(pipeline, bench.group(pipeline, buffers), grid(tiling, M, N))(encoder, 1)
  encoder.copyBufferToBuffer(buffers[3], 0, staging, 0, M * N * 4)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(0x01)
  const C = new Float32Array(staging.getMappedRange())
  let worst = 0
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += A[m * K + k]! * B[k * N + n]!
      worst = Math.max(worst, Math.abs(sum - C[m * N + n]!))
    }
  // K products of at most 1, each rounded, and their sums rounded again.
  expect(worst).toBeLessThan(2 * K * 2 ** -24 * Math.sqrt(K))
  ran.add(tiling.kind)
  for (const buffer of [...buffers, staging]) buffer.destroy()
})

test('of every kind one at least was not refused', async () => {
  const { device } = await testDevice()
  // What is held changes places within a subgroup.
  const kinds = new Set([...ways.values()].map(({ kind }) => kind).filter((kind) => kind !== 'held' || device.features.has('subgroups')))
  expect(ran).toEqual(kinds)
})
