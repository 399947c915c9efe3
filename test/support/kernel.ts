// Runs one dispatch of one kernel on plain arrays: what the tests of single kernels need.
import { Gpu } from '../../src/gpu/device'
import { prepare } from '../../src/gpu/engine'
import { contractOf, type BindingName, type KernelName, type Overrides, type UniformField } from '../../src/gpu/kernels'
import { Plan } from '../../src/gpu/plan'
import type { StrategyName } from '../../src/gpu/strategy'
import type { Network } from '../../src/network'
import { implementationOf } from '../../src/schedule/implementation'
import { loadKernels, openDevice } from '../../src/strategies'

type Data = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

const shared = new Map<boolean, Promise<Gpu>>()
/** The device of this test file, with subgroups where the adapter has them, or without. */
export function testDevice(subgroups = true): Promise<Gpu> {
  const device = shared.get(subgroups) ?? openDevice({ subgroups })
  shared.set(subgroups, device)
  return device
}

/** The same device, as if its adapter were hardware, or SwiftShader, whatever it is. What is compiled for one is compiled for both. */
export const asIf = ({ device, pipelines, layouts }: Gpu, isSoftware: boolean): Gpu =>
  Object.assign(new Gpu(device, isSoftware ? 'SwiftShader' : 'hardware', isSoftware), { pipelines, layouts })

/** Hardware, one workgroup of which is so slow that it never writes alone. */
export function perCharacter(gpu: Gpu): Gpu {
  const slow = asIf(gpu, false)
  const { tuning } = slow
  Object.defineProperty(slow, 'tuning', { value: { ...tuning, workgroupRate: 1 } })
  return slow
}

/** The plans that are timed of a network: what its adapter is offered. */
export async function offered(network: Network, { steps, batch }: { steps: number; batch: number }): Promise<readonly StrategyName[]> {
  const unrolled = await network.unroll({ steps, batch, train: false })
  unrolled.destroy()
  const { strategy, cores } = network.gpu.tuning
  return implementationOf(strategy).strategiesFor({ batch, cores, layers: unrolled.layers })
}

/** Whether a submit has work in it: one of nothing asks whether work is done (`Gpu.heard`). */
export const hasWork = (buffers: Iterable<GPUCommandBuffer>): boolean => [...buffers].length > 0

export interface KernelRun<K extends KernelName> {
  readonly size: Readonly<Record<UniformField<K>, number>>
  readonly grid: readonly [number, number, number]
  readonly constants?: Overrides<K>
  readonly width?: number
  /** Contents of every binding; those the kernel writes come back. */
  readonly data: Readonly<Record<BindingName<K>, Data>>
}

export async function runKernel<K extends KernelName>(
  kernel: K,
  { size, grid, constants, width, data }: KernelRun<K>,
): Promise<Record<BindingName<K>, Float32Array>> {
  const gpu = await testDevice()
  await loadKernels('resident-16') // and with them those of tiles
  const entries = Object.entries(data as Record<string, Data>)
  const views = Object.fromEntries(
    entries.map(([name, values]) => {
      const buffer = gpu.buffer(name, values.byteLength)
      gpu.device.queue.writeBuffer(buffer, 0, values)
      return [name, { buffer, offset: 0, size: Math.max(16, Math.ceil(values.byteLength / 16) * 16) }]
    }),
  )
  const plan = new Plan(kernel, gpu.tuning)
  plan.dispatch('test', kernel, { size, grid, bindings: views as never, ...(constants && { constants }), ...(width && { width }) })
  const program = await prepare(gpu, plan)
  const encoder = gpu.device.createCommandEncoder()
  program.encode(encoder)
  gpu.device.queue.submit([encoder.finish()])
  const written = entries.filter(([name]) => contractOf(kernel).bindings[name]!.access === 'read_write')
  const results = await Promise.all(
    written.map(async ([name, values]) => {
      const bytes = await gpu.read({ ...views[name]!, size: values.byteLength })
      return [name, values instanceof Uint32Array ? new Uint32Array(bytes) : new Float32Array(bytes)]
    }),
  )
  for (const { buffer } of Object.values(views)) buffer.destroy()
  program.destroy()
  return Object.fromEntries(results) as Record<BindingName<K>, Float32Array>
}

/** Numbers in [−1, 1) that are the same every time. */
export function numbers(length: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** Largest |a − b| / (|b| + scale) over the elements; NaN anywhere gives NaN. */
export function worstError(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, expected ${expected.length}`)
  let worst = 0
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / (Math.abs(expected[i]!) + scale)
    // The comparison is this way round so that a NaN is kept.
    if (!(error <= worst)) worst = error
    if (Number.isNaN(worst)) return NaN
  }
  return worst
}

/** Rounding of f32: half the distance from 1 to the next number. */
export const epsilon = 2 ** -24
