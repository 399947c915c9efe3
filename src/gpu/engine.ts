// The engine: makes a plan ready to run (pipelines, bind groups, one buffer with the uniforms of all its dispatches)
// and encodes it. It alone touches pipelines and passes.
import { chosen } from './choices'
import { SluiceError } from '../errors'
import type { Gpu } from './device'
import type { View } from './view'
import { contractOf, source, writeStruct, type KernelName } from './kernels'
import type { Dispatch, Plan } from './plan'

type Encoded =
  | { kind: 'dispatch'; pipeline: GPUComputePipeline; group: GPUBindGroup; offset: number; workgroups: readonly [number, number, number] }
  | { kind: 'copy'; from: View; to: View }
  | { kind: 'clear'; view: View }

/** A plan made ready: a run needs nothing but an encoder. */
export class Program {
  constructor(
    readonly plan: Plan,
    private readonly commands: readonly Encoded[],
    private readonly uniforms: GPUBuffer,
  ) {}

  /** Encodes the commands from `first` up to `end`, all of them unless told otherwise. */
  encode(encoder: GPUCommandEncoder, first = 0, end = this.commands.length): void {
    this.#encode(encoder, null, first, end)?.end()
  }

  /** Encodes programs one after the other, each up to a command or whole, in one pass where nothing but dispatches lies between. */
  static encodeAll(encoder: GPUCommandEncoder, programs: readonly (readonly [program: Program, end?: number])[]): void {
    programs.reduce<GPUComputePassEncoder | null>((open, [program, end]) => program.#encode(encoder, open, 0, end), null)?.end()
  }

  /** Encodes each dispatch in a pass of its own, timed as `timed` says of the i-th. */
  encodeApart(encoder: GPUCommandEncoder, timed: (i: number) => GPUComputePassTimestampWrites): void {
    let dispatch = 0
    for (const [i, { kind }] of this.commands.entries())
      this.#encode(
        encoder,
        kind === 'dispatch' ? encoder.beginComputePass({ label: this.plan.name, timestampWrites: timed(dispatch++) }) : null,
        i,
        i + 1,
      )?.end()
  }

  /** Goes on in the pass that is open, if there is one; returns the one that is open at the end. */
  #encode(encoder: GPUCommandEncoder, open: GPUComputePassEncoder | null, first = 0, end = this.commands.length): GPUComputePassEncoder | null {
    let pass = open
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
    return pass
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
      { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: contract.size } },
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

function pipelineOf(gpu: Gpu, { kernel, constants }: Dispatch, subgroups: boolean): Promise<GPUComputePipeline> {
  const key = `${kernel} ${JSON.stringify(constants)}`
  const known = gpu.pipelines.get(key)
  if (known) return known
  const { device } = gpu
  const { code, constants: own } = chosen(source(kernel, subgroups), constants)
  const pipeline = device
    .createComputePipelineAsync({
      label: key,
      layout: device.createPipelineLayout({ label: kernel, bindGroupLayouts: [layoutOf(gpu, kernel)] }),
      compute: { module: device.createShaderModule({ label: kernel, code }), entryPoint: 'main', constants: own },
    })
    .catch((cause: Error) => {
      // Whatever it was, the next one asks again.
      gpu.pipelines.delete(key)
      throw new SluiceError('gpu-error', `the kernel ${kernel} could not be compiled: ${cause.message}`, { cause })
    })
  gpu.pipelines.set(key, pipeline)
  return pipeline
}

/** Bytes from the uniform of a dispatch to the next: WebGPU's default alignment, which serves a device with a smaller one, too,
 * and more than the largest uniform has. */
const uniformStride = 256

/** Bytes that the uniforms of a plan take, a slot for each dispatch. */
export const uniformBytes = (plan: Plan): number => Math.max(1, plan.dispatches) * uniformStride

/** Makes a plan ready. Pipelines compile in parallel, and once a device.
 * @throws SluiceError `gpu-error` if WebGPU refuses a kernel or a binding, `too-large`, `device-lost`; nothing is left then. */
export async function prepare(gpu: Gpu, plan: Plan): Promise<Program> {
  const what = `preparing ${plan.name}`
  const { device } = gpu
  const subgroups = await gpu.canUseQuads()
  const dispatches = plan.commands.filter((command) => command.kind === 'dispatch')
  const { uniforms, compiling } = await gpu.checked(what, () => {
    const uniforms = gpu.allocate({ label: `${plan.name} uniforms`, size: uniformBytes(plan), usage: 0x40 | 0x08 }) // UNIFORM, COPY_DST
    const bytes = new DataView(new ArrayBuffer(uniforms.size))
    dispatches.forEach(({ kernel, size }, i) => writeStruct(bytes, i * uniformStride, contractOf(kernel).fields, size))
    device.queue.writeBuffer(uniforms, 0, bytes.buffer) // Dawn for Node takes no DataView
    const compiling = Promise.all(dispatches.map((dispatch) => pipelineOf(gpu, dispatch, subgroups)))
    compiling.catch(() => {}) // it is waited for below, if that is reached
    return { uniforms, compiling }
  })
  try {
    const pipelines = await compiling
    const groups = await gpu.checked(what, () => bindGroups(gpu, dispatches, uniforms))
    let next = 0
    const commands = plan.commands.map((command): Encoded => {
      if (command.kind !== 'dispatch') return command
      const i = next++
      return { kind: 'dispatch', pipeline: pipelines[i]!, group: groups[i]!, offset: i * uniformStride, workgroups: command.workgroups }
    })
    return new Program(plan, commands, uniforms)
  } catch (error) {
    uniforms.destroy()
    throw error
  }
}

/** Makes plans ready side by side: all of them, or none.
 * @throws as `prepare`. */
export async function prepareAll<Plans extends Readonly<Record<string, Plan>>>(gpu: Gpu, plans: Plans): Promise<{ [Name in keyof Plans]: Program }> {
  const prepared = await Promise.allSettled(Object.entries(plans).map(async ([name, plan]) => [name, await prepare(gpu, plan)] as const))
  const failed = prepared.find((one) => one.status === 'rejected')
  const programs = prepared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (!failed) return Object.fromEntries(programs) as { [Name in keyof Plans]: Program }
  for (const [, program] of programs) program.destroy()
  throw failed.reason
}

/** The bind group of each dispatch. Steps of one layer differ only in their uniforms, so they share one. */
function bindGroups(gpu: Gpu, dispatches: readonly Dispatch[], uniforms: GPUBuffer): GPUBindGroup[] {
  const groups = new Map<string, GPUBindGroup>()
  const bufferIds = new Map<GPUBuffer, number>()
  const idOf = (buffer: GPUBuffer) => bufferIds.get(buffer) ?? (bufferIds.set(buffer, bufferIds.size), bufferIds.size - 1)
  return dispatches.map(({ kernel, label, bindings }) => {
    const key = `${kernel} ${Object.entries(bindings)
      .map(([name, v]) => `${name} ${idOf(v.buffer)} ${v.offset} ${v.size}`)
      .join()}`
    const known = groups.get(key)
    if (known) return known
    const contract = contractOf(kernel)
    const group = gpu.device.createBindGroup({
      label,
      layout: layoutOf(gpu, kernel),
      entries: [
        { binding: 0, resource: { buffer: uniforms, size: contract.size } },
        ...Object.entries(contract.bindings).map(([name, { binding }]) => {
          const { buffer, offset, size } = bindings[name]!
          return { binding, resource: { buffer, offset, size } }
        }),
      ],
    })
    groups.set(key, group)
    return group
  })
}
