// Look-up and its gradient, and the drawing of tokens.
import { describe, expect, test } from 'vitest'
import randomSource from '../../shaders/lib/random.wgsl'
import { pcg3d, uniform } from '../../src/random'
import { sortPositions } from '../../src/schedule/batch'
import { drawn } from '../support/drawn'
import { epsilon, numbers, runKernel, testDevice, worstError } from '../support/kernel'
import { sampled } from '../support/sampled'

test.each([
  [1, 4, 1],
  [7, 20, 33],
  [300, 8, 50],
])('look-up of %i rows of %i, %i times, and its gradient', async (V, width, count) => {
  const first = 2
  const table = numbers(V * width, 1)
  const ids = Uint32Array.from(numbers(first + count, 3), (v) => Math.floor(((v + 1) / 2) * V))
  const { out } = await runKernel('token/embedding_forward', {
    size: { first, count, stride: width / 4 },
    grid: [width / 4, Math.ceil(count / 8), 1],
    data: { ids, table, out: new Float32Array((first + count + 1) * width).fill(7) },
  })
  expect(out).toEqual(
    out.map((_, i) => {
      const n = Math.floor(i / width)
      return n < first || n === first + count ? 7 : table[ids[n]! * width + (i % width)]!
    }),
  )

  const [starts, positions] = [new Uint32Array(V + 1), new Uint32Array(ids.length)]
  sortPositions(ids, starts, positions)
  const dout = numbers(ids.length * width, 4)
  const { dtable } = await runKernel('token/embedding_backward', {
    size: { V, first: 0, count: ids.length, first_column: 0, width4: width / 4, stride: width / 4, add: 0 },
    grid: [width / 4, V, 1],
    data: { starts, positions, dout, dtable: new Float32Array(V * width).fill(7) },
  })
  const sums = new Float64Array(V * width)
  ids.forEach((id, n) => {
    for (let j = 0; j < width; j++) sums[id * width + j]! += dout[n * width + j]!
  })
  expect(worstError(dtable, sums, 1)).toBeLessThanOrEqual(epsilon * ids.length)
})

test('the gradient of columns of a part of the rows is added to what is there', async () => {
  const [V, stride, width, at] = [5, 12, 4, 8]
  const [first, count, all] = [7, 6, 20]
  const ids = Uint32Array.from({ length: all }, (_, i) => (i * i) % V)
  const columns = { first_column: at / 4, width4: width / 4, stride: stride / 4 }
  const [starts, positions] = [new Uint32Array(V + 1), new Uint32Array(all)]
  sortPositions(ids, starts, positions)
  const [dout, before] = [numbers(count * stride, 4), numbers(V * stride, 5)]
  for (const add of [0, 1]) {
    const { dtable } = await runKernel('token/embedding_backward', {
      size: { V, first, count, ...columns, add },
      grid: [width / 4, V, 1],
      data: { starts, positions, dout, dtable: before.slice() },
    })
    const expected = Float64Array.from(before)
    for (let v = 0; v < V; v++) for (let j = at; j < at + width; j++) if (!add) expected[v * stride + j] = 0
    for (let n = 0; n < count; n++) for (let j = at; j < at + width; j++) expected[ids[first + n]! * stride + j]! += dout[n * stride + j]!
    expect(worstError(dtable, expected, 1)).toBeLessThanOrEqual(epsilon * (count + 1))
  }
})

test('the random numbers of the kernels are those of the CPU, bit for bit', async () => {
  const { device } = await testDevice()
  const code = `${randomSource.plain()}
@group(0) @binding(0) var<storage, read_write> y: array<vec4u>;
@compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {
  y[id.x] = vec4u(pcg3d(vec3u(id.x, id.x * 7919, 0xffffffff - id.x)), bitcast<u32>(uniform_random(5, 6, id.x)));
}`
  const n = 1000
  const y = device.createBuffer({ size: n * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: y } }] }))
  pass.dispatchWorkgroups(n)
  pass.end()
  device.queue.submit([encoder.finish()])
  const made = new Uint32Array(await (await testDevice()).read({ buffer: y, offset: 0, size: n * 16 }))
  const floats = new Float32Array(made.buffer)
  for (let i = 0; i < n; i++) {
    expect([...made.subarray(4 * i, 4 * i + 3)]).toEqual(pcg3d(i, (i * 7919) >>> 0, (0xffffffff - i) >>> 0))
    expect(floats[4 * i + 3]).toBe(uniform(5, 6, i))
  }
})

interface Drawing {
  readonly what: string
  readonly temperature?: number
  readonly topK?: number
  /** The least logit that is kept. */
  readonly least?: number
}
const drawings: Drawing[] = [
  ...[0.25, 1, 2].map((temperature) => ({ what: `temperature ${temperature} draws from softmax(o / temperature)`, temperature })),
  ...(
    [
      [1, 3],
      [2, 3],
      [3, 2],
      [4, 1],
      [7, -9],
      [100, -9],
    ] as const
  ).map(([topK, least]) => ({ what: `top ${topK} keeps the logits of ${least} and more`, topK, least })),
]
const drawnBy = sampled(
  [4, 16, 128].flatMap((width) => drawings.map((one) => ({ ...one, width }))),
  { axes: { width: ({ width }) => width, what: ({ what }) => what } },
)
describe.each([4, 16, 128])('drawing, %i invocations a workgroup', (width) => {
  // The same logits in many rows: each row is a draw of its own.
  const logits = [1, 3, -2, 0.5, 3, 2, -9]
  const V = logits.length
  const B = 4000

  async function draw({ temperature = 1, topK = 0, seed = 3, position = 0, given = 0, s = 0 }) {
    const sampling = new DataView(new ArrayBuffer(24))
    sampling.setFloat32(0, temperature, true)
    ;[topK, seed, position, given].forEach((v, i) => sampling.setUint32(4 + 4 * i, v, true))
    const rows = Float32Array.from({ length: (s + 1) * B * 8 }, (_, i) => logits[i % 8] ?? 0)
    const { ids } = await runKernel('token/sample', {
      size: { B, V, stride4: 2, s },
      grid: [1, B, 1],
      width,
      data: { sampling: new Uint32Array(sampling.buffer), logits: rows, ids: new Uint32Array((s + 2) * B).fill(99) },
    })
    return ids.subarray((s + 1) * B)
  }
  const frequencies = (ids: ArrayLike<number>) => Array.from(ids).reduce((f, id) => ((f[id]! += 1 / ids.length), f), new Array<number>(V).fill(0))
  const softmax = (temperature: number, keep: (v: number) => boolean) => {
    const weights = logits.map((o) => (keep(o) ? Math.exp(o / temperature) : 0))
    return weights.map((w) => w / weights.reduce((a, b) => a + b, 0))
  }
  // Five standard deviations of a frequency over B draws: the seed is fixed, so it cannot fail by chance later.
  const close = (f: number[], p: number[]) => p.forEach((p, v) => expect(Math.abs(f[v]! - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / B)))

  test.each(drawnBy.filter((one) => one.width === width))('$what', async ({ temperature = 1, topK = 0, least = -Infinity }) =>
    close(
      frequencies(await draw({ temperature, topK })),
      softmax(temperature, (o) => o >= least),
    ),
  )

  test('temperature 0 takes the likeliest, the first of equals', async () => expect(new Set(await draw({ temperature: 0 }))).toEqual(new Set([1])))

  test('the same seed and place draw the same; others do not; a later step counts on', async () => {
    const same = [...(await draw({}))]
    expect([...(await draw({}))]).toEqual(same)
    expect([...(await draw({ seed: 4 }))]).not.toEqual(same)
    expect([...(await draw({ position: 1 }))]).not.toEqual(same)
    expect([...(await draw({ position: 9, s: 1 }))]).toEqual([...(await draw({ position: 10 }))])
  })

  test('a token that was given stays', async () => {
    expect(new Set(await draw({ given: 2 }))).toEqual(new Set([99]))
    expect(new Set(await draw({ given: 1 }))).not.toContain(99)
  })
})

const writings = [
  [7, 5],
  [28, 12],
  [64, 64],
  [65, 33],
  [300, 9],
] as const
const widths = sampled(
  writings.flatMap(([V]) => [4, 8, 64, 256].map((width) => ({ V, width }))),
  { axes: { V: ({ V }) => V, width: ({ width }) => width } },
)
describe.each(writings)('writing with V = %i, H = %i: head, draw and look-up in one', (V, H) => {
  const [H4, V4] = [Math.ceil(H / 4), Math.ceil(V / 4)]
  const [T, s, width4] = [3, 1, 6]
  const zeroPast = (n: number, stride: number, values: Float32Array<ArrayBuffer>) => values.map((v, i) => (i % stride < n ? v : 0))
  const W = zeroPast(V, 4 * V4, numbers(4 * H4 * 4 * V4, 1))
  const b = zeroPast(V, 4 * V4, numbers(4 * V4, 2))
  const table = numbers(V * 4 * width4, 3)
  const h = zeroPast(H, 4 * H4, numbers((T + 2) * 4 * H4, 5))
  const expected = Float64Array.from(
    { length: V },
    (_, v) => b[v]! + h.subarray((s + 1) * 4 * H4, (s + 2) * 4 * H4).reduce((sum, x, k) => sum + x * W[k * 4 * V4 + v]!, 0),
  )

  async function write({ width = 4, embedded = true, given = 0, temperature = 1, topK = 0, seed = 3, position = 0, at = s } = {}) {
    const sampling = new DataView(new ArrayBuffer(24))
    sampling.setFloat32(0, temperature, true)
    ;[topK, seed, position, given].forEach((v, i) => sampling.setUint32(4 + 4 * i, v, true))
    const place = [W, b, table].reduce((places, part) => [...places, places.at(-1)! + part.length / 4], [0])
    return runKernel('token/sample_step', {
      size: { s: at, T, H4, V, W: place[0]!, b: place[1]!, table: place[2]!, width4: embedded ? width4 : 0 },
      grid: [1, 1, 1],
      width,
      data: {
        sampling: new Uint32Array(sampling.buffer),
        parameters: Float32Array.from([...W, ...b, ...table]),
        h,
        logits: new Float32Array(T * 4 * V4).fill(7),
        ids: new Uint32Array(T + 1).fill(2),
        out: new Float32Array(T * 4 * width4).fill(7),
      },
    })
  }
  const row = (id: number) => table.slice(id * 4 * width4, (id + 1) * 4 * width4)

  test.each(widths.filter((one) => one.V === V))('$width invocations', async ({ width }) => {
    for (const { temperature, topK } of [
      { temperature: 1, topK: 0 },
      { temperature: 0, topK: 0 },
      { temperature: 0.5, topK: 3 },
      { temperature: 2, topK: V },
    ]) {
      for (let position = 0; position < 8; position++) {
        const { logits, ids, out } = await write({ width, temperature, topK, position })
        expect(worstError(logits.subarray(s * 4 * V4, s * 4 * V4 + V), expected, Math.sqrt(H))).toBeLessThanOrEqual(epsilon * (H + 2))
        const id = drawn(logits.subarray(s * 4 * V4, s * 4 * V4 + V), { temperature, topK, seed: 3, index: position + s })
        if (id !== null) expect(ids[s + 1]).toBe(id)
        expect(ids[s + 1]).toBeLessThan(V)
        expect(out.subarray((s + 1) * 4 * width4)).toEqual(row(ids[s + 1]!))
        // Nothing else is touched.
        for (const [values, first, count, before] of [
          [logits, s * 4 * V4, 4 * V4, 7],
          [ids, s + 1, 1, 2],
          [out, (s + 1) * 4 * width4, 4 * width4, 7],
        ] as const)
          expect(Array.from(values).filter((v, i) => (i < first || i >= first + count) && v !== before)).toEqual([])
      }
    }
  })

  test('the same bits every time', async () => expect(await write({ width: 64 })).toEqual(await write({ width: 64 })))

  test('a given token is looked up and not drawn; the last step looks nothing up, nor any without an embedding', async () => {
    const given = await write({ given: s + 2 })
    expect(given.ids[s + 1]).toBe(2)
    expect(given.out.subarray((s + 1) * 4 * width4)).toEqual(row(2))
    for (const none of [await write({ at: T - 1 }), await write({ embedded: false })]) expect(new Set(none.out)).toEqual(new Set([7]))
  })
})
