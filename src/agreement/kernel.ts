// Runs dispatches on plain arrays: what a check of a single kernel needs.
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { prepare } from '../gpu/engine'
import { contractOf, type BindingName, type KernelName, type Overrides, type UniformField } from '../gpu/kernels'
import { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'

export type Data = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/** Puts arrays into buffers, runs what `build` dispatches on them, and brings those named by `written` back. */
export async function runDispatches<Name extends string>(
  gpu: Gpu,
  data: Readonly<Record<Name, Data>>,
  written: readonly NoInfer<Name>[],
  build: (plan: Plan, views: Readonly<Record<NoInfer<Name>, View>>) => void,
  tuning: Tuning = gpu.tuning,
): Promise<Record<Name, Float32Array>> {
  const buffers: GPUBuffer[] = []
  try {
    const views = Object.fromEntries(
      Object.entries<Data>(data).map(([name, values]) => {
        const buffer = gpu.buffer(name, values.byteLength)
        buffers.push(buffer)
        gpu.device.queue.writeBuffer(buffer, 0, values)
        return [name, { buffer, offset: 0, size: Math.max(16, Math.ceil(values.byteLength / 16) * 16) }]
      }),
    ) as Record<Name, View>
    const plan = new Plan('check', tuning)
    build(plan, views)
    const program = await prepare(gpu, plan)
    try {
      const encoder = gpu.device.createCommandEncoder({ label: 'check' })
      program.encode(encoder)
      gpu.device.queue.submit([encoder.finish()])
      const results = await Promise.all(
        written.map(async (name) => {
          const bytes = await gpu.read({ ...views[name], size: data[name].byteLength })
          return [name, data[name] instanceof Uint32Array ? new Uint32Array(bytes) : new Float32Array(bytes)]
        }),
      )
      return Object.fromEntries(results) as Record<Name, Float32Array>
    } finally {
      program.destroy()
    }
  } finally {
    for (const buffer of buffers) buffer.destroy()
  }
}

export interface KernelRun<K extends KernelName> {
  readonly size: Readonly<Record<UniformField<K>, number>>
  readonly grid: readonly [number, number, number]
  readonly constants?: Overrides<K>
  readonly width?: number
  /** Contents of every binding; those the kernel writes come back. */
  readonly data: Readonly<Record<BindingName<K>, Data>>
}

/** One dispatch of one kernel. */
export function runKernel<K extends KernelName>(
  gpu: Gpu,
  kernel: K,
  { size, grid, constants, width, data }: KernelRun<K>,
): Promise<Record<BindingName<K>, Float32Array>> {
  const written = (Object.keys(data) as (BindingName<K> & string)[]).filter((name) => contractOf(kernel).bindings[name]!.access === 'read_write')
  return runDispatches(gpu, data as Readonly<Record<BindingName<K> & string, Data>>, written, (plan, views) =>
    plan.dispatch('test', kernel, { size, grid, bindings: views, ...(constants && { constants }), ...(width && { width }) }),
  ) as Promise<Record<BindingName<K>, Float32Array>>
}
