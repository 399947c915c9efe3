// The worked example of the bare layer: the caller's own device, buffers and command encoder, between the caller's own
// passes; and everything checked against the reference.
import { describe, expect, test } from 'vitest'
import { cellNames, RecurrentLayer, SluiceError, type CellName } from 'sluice'
import { backward, forward } from '../src/reference'
import { parameterShapes, type NetworkSpec } from '../src/spec'
import { tolerance } from './support/agreement'
import { numbers, worstError } from './support/kernel'
import { sampled } from './support/sampled'

const [T, B, I, H] = [5, 3, 6, 10]

async function device(): Promise<GPUDevice> {
  return await (await navigator.gpu.requestAdapter())!.requestDevice({ label: "the caller's" })
}

const both = cellNames.flatMap(
  (cell) =>
    [
      [cell, false],
      [cell, true],
    ] as [CellName, boolean][],
)
describe.each(sampled(both, { axes: { cell: ([cell]) => cell, bidirectional: ([, bidirectional]) => bidirectional } }))(
  '%s, bidirectional %s',
  (cell, bidirectional) => {
    test('forward and backward in the middle of work of one’s own', async () => {
      const gpu = await device()
      const D = bidirectional ? 2 : 1
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
      // Rows of 6 features take 8 floats in memory, rows of 10 units 12.
      const x = gpu.createBuffer({ size: T * B * 8 * 4, usage })
      const dx = gpu.createBuffer({ size: T * B * 8 * 4, usage })
      const dy = gpu.createBuffer({ size: T * B * D * 12 * 4, usage })
      const layer = await RecurrentLayer.create(gpu, { cell, input: I, hidden: H, bidirectional, steps: T, batch: B, train: true, buffers: { x, dx, dy } })
      expect([layer.x.buffer, layer.dx!.buffer, layer.dy!.buffer]).toEqual([x, dx, dy])
      expect(layer.x.shape).toEqual([
        { size: T, padded: false },
        { size: B, padded: false },
        { size: I, padded: true },
      ])

      const spec: NetworkSpec = { input: { features: I }, layers: [{ cell, hidden: H, bidirectional }] }
      const values = new Map(
        [...parameterShapes(spec)].map(([name, shape], i) => [
          name,
          numbers(
            shape.reduce((a, b) => a * b, 1),
            i + 1,
          ).map((v) => v / 2),
        ]),
      )
      layer.writeParameters(new Map([...values].map(([name, v]) => [name.replace('layers.0.', ''), v])))
      const features = numbers(T * B * I, 50)

      // The caller's own pass makes x; the layer runs in the same encoder; the caller's own pass makes dy of the outputs.
      const make = (code: string) => gpu.createComputePipeline({ layout: 'auto', compute: { module: gpu.createShaderModule({ code }) } })
      const half = make(
        '@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] *= 0.5; }',
      )
      const square = make(
        '@group(0) @binding(0) var<storage, read_write> y: array<f32>; @group(0) @binding(1) var<storage, read_write> dy: array<f32>; @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { dy[id.x] = 2.0 * y[id.x]; }',
      )
      layer.write(layer.x, features)
      const y = gpu.createBuffer({ size: layer.outputs.size, usage })
      const encoder = gpu.createCommandEncoder()
      const pass = (pipeline: GPUComputePipeline, buffers: GPUBuffer[], n: number) => {
        const own = encoder.beginComputePass()
        own.setPipeline(pipeline)
        own.setBindGroup(
          0,
          gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) }),
        )
        own.dispatchWorkgroups(n)
        own.end()
      }
      pass(half, [x], T * B * 8)
      layer.encodeForward(encoder)
      const { buffer, offset, size } = layer.outputs
      encoder.copyBufferToBuffer(buffer, offset, y, 0, size)
      pass(square, [y, dy], T * B * D * 12)
      layer.encodeBackward(encoder)
      gpu.queue.submit([encoder.finish()])

      const parameters = new Map([...values].map(([name, v]) => [name, Float64Array.from(v)]))
      const run = forward(spec, parameters, { features: Float64Array.from(features, (v) => v / 2) }, { batch: B })
      const expected = backward(spec, parameters, run, { outputs: run.outputs.map((v) => 2 * v) }) // L = Σ y²
      const limit = tolerance({ spec, steps: T, batch: B })
      const check = async (actual: Promise<Float32Array>, wanted: Float64Array) =>
        expect(
          worstError(
            await actual,
            wanted,
            wanted.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6),
          ),
        ).toBeLessThanOrEqual(limit)
      await check(layer.read(layer.outputs), run.outputs)
      await check(layer.read(layer.dx!), expected.features!)
      await check(layer.read(layer.stateGradient('h')!), expected.initial[0]!.h)
      if (cell === 'lstm') await check(layer.read(layer.stateGradient('c')!), expected.initial[0]!.c!)
      for (const [name, gradient] of expected.parameters) await check(layer.read(layer.parameter(name.replace('layers.0.', '')).gradient), gradient)
      layer.destroy()
      gpu.destroy()
    })
  },
)

test('the state goes on from run to run where it is carried', async () => {
  const gpu = await device()
  const layer = await RecurrentLayer.create(gpu, { cell: 'lstm', input: I, hidden: H, steps: T, batch: B })
  const twice = await RecurrentLayer.create(gpu, { cell: 'lstm', input: I, hidden: H, steps: 2 * T, batch: B })
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: H }] }
  const values = new Map(
    [...parameterShapes(spec)].map(([name, shape], i) => [
      name.replace('layers.0.', ''),
      numbers(
        shape.reduce((a, b) => a * b, 1),
        i + 1,
      ),
    ]),
  )
  const x = numbers(2 * T * B * I, 9)
  const encode = (work: (encoder: GPUCommandEncoder) => void) => {
    const encoder = gpu.createCommandEncoder()
    work(encoder)
    gpu.queue.submit([encoder.finish()])
  }
  for (const l of [layer, twice]) l.writeParameters(values)
  twice.write(twice.x, x)
  encode((encoder) => twice.encodeForward(encoder))
  layer.write(layer.x, x.subarray(0, T * B * I))
  encode((encoder) => layer.encodeForward(encoder))
  layer.write(layer.x, x.subarray(T * B * I))
  encode((encoder) => layer.encodeForward(encoder, { initial: 'carried' }))
  expect([...(await layer.read(layer.outputs))]).toEqual([...(await twice.read(twice.outputs)).subarray(T * B * H)])
  gpu.destroy()
})

test('lengths, an initial state and the gradient of the final one, given by the caller', async () => {
  const gpu = await device()
  const layer = await RecurrentLayer.create(gpu, { cell: 'lstm', input: I, hidden: H, bidirectional: true, peepholes: true, steps: T, batch: B, train: true })
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: H, bidirectional: true, peepholes: true }] }
  const values = new Map(
    [...parameterShapes(spec)].map(([name, shape], i) => [
      name,
      numbers(
        shape.reduce((a, b) => a * b, 1),
        i + 1,
      ).map((v) => v / 2),
    ]),
  )
  layer.writeParameters(new Map([...values].map(([name, v]) => [name.replace('layers.0.', ''), v])))
  const lengths = Uint32Array.of(5, 0, 3)
  const [x, dy, h, c, dh, dc] = [T * B * I, T * B * 2 * H, ...Array<number>(4).fill(B * 2 * H)].map((n, i) => numbers(n!, 20 + i)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  layer.setLengths(lengths)
  layer.write(layer.x, x)
  layer.write(layer.dy!, dy)
  for (const [name, state, gradient] of [
    ['h', h, dh],
    ['c', c, dc],
  ] as const) {
    // Slot 0 is where direction 0 begins, slot T + 1 where direction 1 does; each reads its own half.
    layer.write(
      layer.state(name)!,
      Float32Array.from({ length: (T + 2) * state.length }, (_, i) => state[i % state.length]!),
    )
    layer.write(layer.stateGradient(name)!, gradient)
  }
  const encoder = gpu.createCommandEncoder()
  layer.encodeForward(encoder, { initial: 'given' })
  layer.encodeBackward(encoder, { finalGradient: 'given' })
  gpu.queue.submit([encoder.finish()])

  const wide = (v: Float32Array) => Float64Array.from(v)
  const parameters = new Map([...values].map(([name, v]) => [name, wide(v)]))
  const run = forward(spec, parameters, { features: wide(x) }, { batch: B, lengths, initial: [{ h: wide(h), c: wide(c) }] })
  const masked = wide(dy).map((v, i) => (Math.floor(i / (B * 2 * H)) < lengths[Math.floor(i / (2 * H)) % B]! ? v : 0))
  const expected = backward(spec, parameters, run, { outputs: masked, final: [{ h: wide(dh), c: wide(dc) }] })
  const limit = tolerance({ spec, steps: T, batch: B })
  const check = async (actual: Promise<Float32Array>, wanted: Float64Array) =>
    expect(
      worstError(
        await actual,
        wanted,
        wanted.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6),
      ),
    ).toBeLessThanOrEqual(limit)
  await check(layer.read(layer.dx!), expected.features!)
  await check(layer.read(layer.stateGradient('h')!), expected.initial[0]!.h)
  await check(layer.read(layer.stateGradient('c')!), expected.initial[0]!.c!)
  for (const [name, gradient] of expected.parameters) await check(layer.read(layer.parameter(name.replace('layers.0.', '')).gradient), gradient)
  layer.destroy()
  gpu.destroy()
})

test('what a layer refuses, and how', async () => {
  const gpu = await device()
  const layer = await RecurrentLayer.create(gpu, { cell: 'gru', input: I, hidden: H, bidirectional: true, steps: T, batch: B })
  expect(() => layer.setLengths(Uint32Array.of(9, 1, 1))).toThrow(/lengths\[0\] is 9, expected at most 5/)
  expect(() => layer.setLengths([1, 1, 1] as never)).toThrow(/lengths is an array of 3, expected a Uint32Array/)
  const encode = (initial: string) => layer.encodeForward(gpu.createCommandEncoder(), { initial: initial as never })
  expect(() => encode('carry')).toThrow(/initial is "carry" \(a string\), expected 'zero', 'carried' or 'given'/)
  expect(() => encode('carried')).toThrow(/a bidirectional layer, or one that reads backwards, cannot carry its state/)
  await expect(RecurrentLayer.create({} as never, { cell: 'gru', input: I, hidden: H, steps: T, batch: B })).rejects.toThrow(
    /device is an object \(Object\), expected a GPUDevice/,
  )
  gpu.destroy()
})

test('buffers that will not do are refused', async () => {
  const gpu = await device()
  const create = (buffers: object) => RecurrentLayer.create(gpu, { cell: 'gru', input: I, hidden: H, steps: T, batch: B, train: true, buffers })
  const buffer = (size: number, usage: number) => gpu.createBuffer({ size, usage })
  await expect(create({ x: buffer(64, 0x8c) })).rejects.toThrow(/buffer given for x has 64 bytes, expected at least 480/)
  await expect(create({ dy: buffer(4096, GPUBufferUsage.STORAGE) })).rejects.toThrow(/buffer given for layers.0 dy lacks a usage/)
  const one = buffer(4096, 0x8c)
  await expect(create({ x: one, dy: one })).rejects.toThrow(/^buffers\.x and buffers\.dy are the same buffer, expected two buffers/)
  const elsewhere = await device()
  const gone = buffer(4096, 0x8c)
  gone.destroy()
  for (const useless of [elsewhere.createBuffer({ size: 4096, usage: 0x8c }), gone])
    await expect(create({ x: useless })).rejects.toMatchObject({
      code: 'gpu-error',
      message: expect.stringMatching(/^buffers\.x cannot be used on this device: ./),
    })
  const forwardOnly = await RecurrentLayer.create(gpu, { cell: 'gru', input: I, hidden: H, steps: T, batch: B })
  expect(() => forwardOnly.encodeBackward(gpu.createCommandEncoder())).toThrow(SluiceError)
  const other = await RecurrentLayer.create(elsewhere, { cell: 'gru', input: I, hidden: H, steps: T, batch: B })
  await expect(forwardOnly.read(other.x)).rejects.toThrow(/^the tensor x belongs to another layer, expected a tensor of this layer, such as its x or outputs/)
  expect(() => forwardOnly.write(other.x, new Float32Array(T * B * I))).toThrow(/belongs to another layer/)
  await expect(forwardOnly.read({} as never)).rejects.toThrow(/^the tensor is an object \(Object\)/)
  for (const own of [forwardOnly.x, forwardOnly.outputs, forwardOnly.state('h')!, forwardOnly.parameter('W').value, forwardOnly.parameter('b').gradient])
    await forwardOnly.read(own)
  elsewhere.destroy()
  gpu.destroy()
})
