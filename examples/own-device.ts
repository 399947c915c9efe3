// One LSTM layer on a device and in a command encoder of your own. Your passes stand before, between and after those of the
// layer: here one makes the gradient of a loss of yours, and one is the optimizer.
import { RecurrentLayer } from 'sluice'

const [steps, batch, input, hidden] = [8, 4, 4, 16] // multiples of 4, so nothing is padded

// L = ½ Σ (h − 0.5)², so dL/dh = h − 0.5. The loss of each element comes back, too.
const lossCode = `
@group(0) @binding(0) var<storage, read> h: array<f32>;
@group(0) @binding(1) var<storage, read_write> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&dy)) { return; }
  let difference = h[id.x] - 0.5;
  dy[id.x] = difference;
  loss[id.x] = 0.5 * difference * difference;
}`

// All parameters lie in one buffer, their gradients in another, in the same places.
const descentCode = `
@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&parameters)) { parameters[id.x] -= 0.01 * gradients[id.x]; }
}`

/** Trains the layer for some rounds, all in one submit. Returns the loss of each. */
export async function trainOwnLayer(device: GPUDevice, rounds = 20): Promise<number[]> {
  const layer = await RecurrentLayer.create(device, { cell: 'lstm', input, hidden, steps, batch, train: true })
  layer.writeParameters(
    new Map([
      ['W', noise(input * 4 * hidden)],
      ['U', noise(hidden * 4 * hidden)],
      ['b', noise(4 * hidden)],
    ]),
  )
  layer.write(layer.x, noise(steps * batch * input, 1))

  const { outputs } = layer // part of the states: the copy makes it a buffer of its own
  const [size, losses] = [outputs.size, rounds * outputs.size]
  const STORAGE_COPY = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const h = device.createBuffer({ size, usage: STORAGE_COPY })
  const loss = device.createBuffer({ size, usage: STORAGE_COPY })
  const back = device.createBuffer({ size: losses, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const { value, gradient } = layer.parameter('W')
  const lossPass = compute(device, lossCode, [h, layer.dy!.buffer, loss])
  const descentPass = compute(device, descentCode, [value.buffer, gradient.buffer])

  const encoder = device.createCommandEncoder()
  for (let round = 0; round < rounds; round++) {
    layer.encodeForward(encoder)
    encoder.copyBufferToBuffer(outputs.buffer, outputs.offset, h, 0, size)
    lossPass(encoder, size / 4)
    encoder.copyBufferToBuffer(loss, 0, back, round * size, size)
    layer.encodeBackward(encoder)
    descentPass(encoder, value.buffer.size / 4)
  }
  device.queue.submit([encoder.finish()])

  await back.mapAsync(GPUMapMode.READ)
  const all = new Float32Array(back.getMappedRange().slice(0))
  for (const buffer of [h, loss, back]) buffer.destroy()
  layer.destroy()
  const each = size / 4
  return Array.from({ length: rounds }, (_, round) => all.subarray(round * each, (round + 1) * each).reduce((sum, l) => sum + l, 0))
}

/** A compute pass of yours over n numbers. */
function compute(device: GPUDevice, code: string, buffers: readonly GPUBuffer[]) {
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } })
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
  return (encoder: GPUCommandEncoder, n: number) => {
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(Math.ceil(n / 64))
    pass.end()
  }
}

/** Numbers between −scale and scale, the same every time. */
function noise(length: number, scale = 0.25): Float32Array {
  return Float32Array.from({ length }, (_, i) => scale * Math.sin(12.9898 * (i + 1) ** 2))
}
