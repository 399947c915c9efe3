// The device of a test file, and single dispatches on it.
import { largestDifference } from '../../src/agreement/bounds'
import { runKernel as runOn, type KernelRun } from '../../src/agreement/kernel'
import { Gpu } from '../../src/gpu/device'
import type { BindingName, KernelName } from '../../src/gpu/kernels'
import type { StrategyName } from '../../src/gpu/strategy'
import type { Network } from '../../src/network'
import { implementationOf } from '../../src/schedule/implementation'
import { loadKernels, openDevice } from '../../src/strategies'

export { epsilon, numbers } from '../../src/agreement/bounds'

const shared = new Map<boolean, Promise<Gpu>>()
/** The device of this page, with subgroups where the adapter has them, or without: all test files that it runs have it, as compiling takes
 * longer than all else that they do. Its kernels are what is tested, so it is not checked before a training. */
export function testDevice(subgroups = true): Promise<Gpu> {
  const open = shared.get(subgroups)
  if (open) return open
  const device = openDevice({ subgroups, check: false })
  shared.set(subgroups, device)
  const forget = () => shared.delete(subgroups)
  void device.then((gpu) => gpu.device.lost).then(forget, forget)
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

export const runKernel = async <K extends KernelName>(kernel: K, run: KernelRun<K>): Promise<Record<BindingName<K>, Float32Array>> => {
  await loadKernels('resident-16') // and with them those of tiles
  return runOn(await testDevice(), kernel, run)
}

/** Largest |a − b| / (|b| + scale) over the elements; NaN anywhere gives NaN. */
export const worstError = (actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): number => largestDifference(actual, expected, scale).error
