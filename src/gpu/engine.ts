// The engine: makes a plan ready to run (pipelines, bind groups, one buffer with the uniforms of all its dispatches)
// and encodes it. It alone touches pipelines and passes.
import type { Gpu, View } from './device'
import { contractOf, source, writeStruct, type KernelName } from './kernels'
import type { Dispatch, Plan } from './plan'

type Encoded =
  | { kind: 'dispatch'; pipeline: GPUComputePipeline; group: GPUBindGroup; offset: number; workgroups: readonly [number, number, number] }
  | { kind: 'copy'; from: View; to: View }
  | { kind: 'clear'; view: View }

/** A plan made ready: what it needs per run is an encoder. */
export class Program {
  constructor(
    readonly plan: Plan,
    private readonly commands: readonly Encoded[],
    private readonly uniforms: GPUBuffer,
  ) {}

  /** Encodes the commands from `first` up to `end`, all of them unless told otherwise. */
  encode(encoder: GPUCommandEncoder, first = 0, end = this.commands.length): void {
    let pass: GPUComputePassEncoder | null = null
    let pipeline: GPUComputePipeline | null = null
    for (let i = first; i < end; i++) {
      const command = this.commands[i]!
      if (command.kind === 'dispatch') {
        if (!pass) {
          pass = encoder.beginComputePass({ label: this.plan.name })
          pipeline = null
        }
        if (command.pipeline !== pipeline) pass.setPipeline((pipeline = command.pipeline))
        pass.setBindGroup(0, command.group, [command.offset])
        pass.dispatchWorkgroups(...command.workgroups)
        continue
      }
      pass?.end()
      pass = null
      if (command.kind === 'clear') encoder.clearBuffer(command.view.buffer, command.view.offset, command.view.size)
      else encoder.copyBufferToBuffer(command.from.buffer, command.from.offset, command.to.buffer, command.to.offset, command.from.size)
    }
    pass?.end()
  }

  /** Bytes on the GPU: its uniforms. */
  get bytes(): number {
    return this.uniforms.size
  }

  destroy(): void {
    this.uniforms.destroy()
  }
}

function layoutOf(gpu: Gpu, kernel: KernelName): GPUBindGroupLayout {
  const known = gpu.layouts.get(kernel)
  if (known) return known
  const contract = contractOf(kernel)
  const visibility = 0x4 // COMPUTE
  const layout = gpu.device.createBindGroupLayout({
    label: kernel,
    entries: [
      { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: contract.uniform.size } },
      ...Object.values(contract.bindings).map(({ binding, access }) => ({
        binding,
        visibility,
        buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    ],
  })
  gpu.layouts.set(kernel, layout)
  return layout
}

function pipelineOf(gpu: Gpu, { kernel, constants }: Dispatch): Promise<GPUComputePipeline> {
  const key = `${kernel} ${JSON.stringify(constants)}`
  const known = gpu.pipelines.get(key)
  if (known) return known
  const { device } = gpu
  const pipeline = device.createComputePipelineAsync({
    label: key,
    layout: device.createPipelineLayout({ label: kernel, bindGroupLayouts: [layoutOf(gpu, kernel)] }),
    compute: { module: device.createShaderModule({ label: kernel, code: source(kernel, gpu.subgroups) }), entryPoint: 'main', constants },
  })
  gpu.pipelines.set(key, pipeline)
  return pipeline
}

/** Bytes from the uniform of a dispatch to the next: WebGPU's default alignment, which serves a device with a smaller one, too,
 * and more than the largest uniform has. */
const slot = 256

/** Bytes that the uniforms of a plan take, a slot for each dispatch. */
export const uniformBytes = (plan: Plan): number => Math.max(1, plan.dispatches) * slot

/** Makes a plan ready. Pipelines compile in parallel, and once a device.
 * @throws SluiceError `gpu-error` if WebGPU refuses a kernel or a binding. */
export function prepare(gpu: Gpu, plan: Plan): Promise<Program> {
  return gpu.checked(`preparing ${plan.name}`, async () => {
    const { device } = gpu
    const dispatches = plan.commands.filter((command) => command.kind === 'dispatch')
    const uniforms = device.createBuffer({ label: `${plan.name} uniforms`, size: uniformBytes(plan), usage: 0x40 | 0x08 }) // UNIFORM, COPY_DST
    const bytes = new DataView(new ArrayBuffer(uniforms.size))
    dispatches.forEach(({ kernel, size }, i) => writeStruct(bytes, i * slot, contractOf(kernel).uniform.fields, size))
    device.queue.writeBuffer(uniforms, 0, bytes.buffer) // Dawn for Node takes no DataView

    const pipelines = await Promise.all(dispatches.map((dispatch) => pipelineOf(gpu, dispatch)))
    const groups = new Map<string, GPUBindGroup>()
    const bufferIds = new Map<GPUBuffer, number>()
    const idOf = (buffer: GPUBuffer) => bufferIds.get(buffer) ?? (bufferIds.set(buffer, bufferIds.size), bufferIds.size - 1)
    // Steps of one layer differ only in their uniforms, so they share a bind group.
    const groupOf = ({ kernel, label, bindings }: Dispatch): GPUBindGroup => {
      const key = `${kernel} ${Object.entries(bindings).map(([name, v]) => `${name} ${idOf(v.buffer)} ${v.offset} ${v.size}`).join()}`
      let group = groups.get(key)
      if (!group) {
        const contract = contractOf(kernel)
        group = device.createBindGroup({
          label,
          layout: layoutOf(gpu, kernel),
          entries: [
            { binding: 0, resource: { buffer: uniforms, size: contract.uniform.size } },
            ...Object.entries(contract.bindings).map(([name, { binding }]) => {
              const { buffer, offset, size } = bindings[name]!
              return { binding, resource: { buffer, offset, size } }
            }),
          ],
        })
        groups.set(key, group)
      }
      return group
    }
    let next = 0
    const commands = plan.commands.map((command): Encoded => {
      if (command.kind !== 'dispatch') return command
      const i = next++
      return { kind: 'dispatch', pipeline: pipelines[i]!, group: groupOf(command), offset: i * slot, workgroups: command.workgroups }
    })
    return new Program(plan, commands, uniforms)
  })
}
