// Timing on a queue whose end is noticed late: much work in one submit, less what an empty submit takes, the best of a few.

// By value: the constants are not global outside browsers.
const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x01, 0x04, 0x08, 0x40, 0x80]

export class Bench {
  /** Milliseconds from the submit of nothing to the word that it is done. */
  overhead = 0
  /** @param whenDone how to wait for the queue: there are browsers that have to be asked (`Gpu.whenDone`) */
  constructor(
    readonly device: GPUDevice,
    readonly whenDone: <Value>(done: Promise<Value>) => Promise<Value> = (done) => done,
  ) {}

  buffer(label: string, size: number): GPUBuffer {
    return this.device.createBuffer({ label, size, usage: STORAGE | COPY_SRC | COPY_DST })
  }

  uniform(values: Uint32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.device.createBuffer({ label: 'size', size: Math.max(16, values.byteLength), usage: UNIFORM | COPY_DST })
    this.device.queue.writeBuffer(buffer, 0, values)
    return buffer
  }

  staging(size: number): GPUBuffer {
    return this.device.createBuffer({ label: 'staging', size, usage: MAP_READ | COPY_DST })
  }

  pipeline(label: string, code: string): Promise<GPUComputePipeline> {
    return this.device.createComputePipelineAsync({ label, layout: 'auto', compute: { module: this.device.createShaderModule({ label, code }) } })
  }

  group(pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
  }

  /** Milliseconds of what `encode` encodes, until it is done. */
  async once(encode: (encoder: GPUCommandEncoder) => void): Promise<number> {
    const encoder = this.device.createCommandEncoder()
    encode(encoder)
    const commands = encoder.finish()
    const begin = performance.now()
    this.device.queue.submit([commands])
    await this.whenDone(this.device.queue.onSubmittedWorkDone())
    return performance.now() - begin
  }

  /** Milliseconds of one repetition, where `encode` encodes as many as it is told: the best of `tries`, each long enough
   * (`atLeast` ms) for the lateness not to matter. */
  async each(encode: (encoder: GPUCommandEncoder, count: number) => void, { tries = 3, atLeast = 40, most = 4096, enough = Infinity } = {}): Promise<number> {
    let count = 1
    let ms = await this.once((encoder) => encode(encoder, count))
    while (ms - this.overhead < atLeast && count < most) {
      count = Math.min(most, Math.ceil(count * Math.min(16, Math.max(2, (1.3 * atLeast) / Math.max(0.1, ms - this.overhead)))))
      ms = await this.once((encoder) => encode(encoder, count))
    }
    let best = ms
    // What is far from the best known already need not be known better.
    for (let i = 1; i < tries && best / count < enough; i++) best = Math.min(best, await this.once((encoder) => encode(encoder, count)))
    return Math.max(1e-6, best - this.overhead) / count
  }

  /** A pass of `count` dispatches, each of which waits for the one before, as they write the same buffer. */
  pass(pipeline: GPUComputePipeline, group: GPUBindGroup, workgroups: readonly [number, number?]): (encoder: GPUCommandEncoder, count: number) => void {
    return (encoder, count) => {
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group)
      for (let i = 0; i < count; i++) pass.dispatchWorkgroups(...workgroups)
      pass.end()
    }
  }
}
