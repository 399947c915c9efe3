import { expect, test } from 'vitest'
import activation from '../../shaders/lib/activation.wgsl'
import { epsilon, testDevice } from '../support/kernel'

const code = `${activation.plain()}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {
  y[2 * id.x] = sigmoid(x[id.x]);
  y[2 * id.x + 1] = tanh_safe(x[id.x]);
}`

const edges = [0, 1e-38, 1e-8, 1e-6, 1e-3, 0.1, 0.29999, 0.3, 0.30001, 0.5, 1, 3, 9, 15, 16, 17, 20, 50, 86, 87, 88, 89, 100, 1e4, 1e20, 3.4028234663852886e38]

test('sigmoid and tanh hold over the whole range, to a few roundings', async () => {
  const { device } = await testDevice()
  const inputs = edges.flatMap((x) => [x, -x])
  for (let i = -200; i <= 200; i++) inputs.push(i / 17)
  while (inputs.length % 4) inputs.push(0)
  const x = Float32Array.from(inputs)
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const [from, to] = [device.createBuffer({ size: x.byteLength, usage }), device.createBuffer({ size: 2 * x.byteLength, usage })]
  const staging = device.createBuffer({ size: to.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  device.queue.writeBuffer(from, 0, x)
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [from, to].map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group)
  pass.dispatchWorkgroups(x.length / 4)
  pass.end()
  encoder.copyBufferToBuffer(to, 0, staging, 0, to.size)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  const bits = new Uint32Array(staging.getMappedRange().slice(0))
  const y = new Float32Array(bits.buffer)
  // WGSL allows exp a relative error of 3 + 2|x| roundings of 2ε each; a quotient, a sum and a product come on top.
  // Below 0.3 tanh has no exp in it. An adapter may flush numbers below 1.2e-38, the least normal one, to 0.
  for (const [i, input] of x.entries()) {
    const at = (k: number) => 8 * Math.floor(i / 4) + 4 * k + (i % 4)
    for (const k of [0, 1]) expect((bits[at(k)]! >>> 23) & 0xff, `exponent bits at ${input}: NaN or infinite`).not.toBe(0xff)
    const a = Math.abs(input)
    const sigmoid = 1 / (1 + Math.exp(-input))
    const clamp = Math.min(a, 87)
    // For x < −87 the result is exp(−87) at least, 1.6e-38, where the true one may be 0.
    expect(Math.abs(y[at(0)]! - sigmoid)).toBeLessThanOrEqual(2 * epsilon * (3 + 2 * clamp + 6) * sigmoid + 1.7e-38)
    const tanh = Math.tanh(input)
    // tanh = (1 − e) / (1 + e): an error in e = exp(−2a) weighs 2e / (1 − e²) of itself.
    const e = Math.exp(-2 * Math.min(a, 15))
    const weight = a < 0.3 ? 0 : (2 * e) / (1 - e * e)
    expect(Math.abs(y[at(1)]! - tanh)).toBeLessThanOrEqual(2 * epsilon * ((3 + 4 * Math.min(a, 15)) * weight + 6) * Math.abs(tanh) + 1.2e-38)
    if (input === 0) expect(y[at(1)]).toBe(0)
  }
})
