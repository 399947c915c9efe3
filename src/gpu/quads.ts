// Kernels that have subgroups take four neighbours of a workgroup that is a row for a quad (shaders/lib/quad.subgroups.wgsl). WGSL
// leaves to the device which invocations are one; every GPU that we know of does it so, and another would add up the wrong
// numbers in silence. So it is asked.

const code = (width: number): string => `
enable subgroups;
@group(0) @binding(0) var<storage, read_write> met: array<vec4u>;
@compute @workgroup_size(${width})
fn main(@builtin(local_invocation_index) local: u32) {
  met[local] = vec4u(local, quadSwapX(local), quadSwapY(local), quadSwapDiagonal(local));
}`

/** Whether invocations 4 k to 4 k + 3 of a workgroup are a quad, in workgroups of these widths. */
export async function quadsAreNeighbours(device: GPUDevice, widths: readonly number[]): Promise<boolean> {
  const bytes = Math.ceil((Math.max(...widths) * 16) / 256) * 256 // as bindings are aligned
  const met = device.createBuffer({ label: 'quads', size: bytes * widths.length, usage: 0x80 | 0x04 }) // STORAGE, COPY_SRC
  const staging = device.createBuffer({ label: 'quads met', size: met.size, usage: 0x01 | 0x08 }) // MAP_READ, COPY_DST
  try {
    const encoder = device.createCommandEncoder({ label: 'quads' })
    widths.forEach((width, i) => {
      const pipeline = device.createComputePipeline({
        label: 'quads',
        layout: 'auto',
        compute: { module: device.createShaderModule({ label: 'quads', code: code(width) }) },
      })
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(
        0,
        device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: [{ binding: 0, resource: { buffer: met, offset: i * bytes, size: bytes } }],
        }),
      )
      pass.dispatchWorkgroups(1)
      pass.end()
    })
    encoder.copyBufferToBuffer(met, 0, staging, 0, met.size)
    device.queue.submit([encoder.finish()])
    await staging.mapAsync(0x01) // READ
    const all = new Uint32Array(staging.getMappedRange())
    return widths.every((width, i) =>
      all.subarray((i * bytes) / 4, (i * bytes) / 4 + 4 * width).every((neighbour, n) => neighbour === (Math.floor(n / 4) ^ (n % 4))),
    )
  } catch {
    return false // a device that is lost, which whoever asked will hear of
  } finally {
    met.destroy()
    staging.destroy()
  }
}
