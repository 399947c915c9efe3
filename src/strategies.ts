// Which kernels an adapter takes. Those of GPUs are there; those of software adapters come in chunks of their own, that a visitor with a
// GPU never downloads. This is the only place that names them.
import type { Gpu } from './gpu/device'
import { openDevice as open, type OpenOptions } from './gpu/open'
import { strategyOf, type StrategyName, type Strategy } from './gpu/strategy'
import { isLoaded } from './schedule/implementation'

const chunks: Readonly<Record<Exclude<Strategy['kernels'], 'workgroup'>, () => Promise<{ install(): void }>>> = {
  tile: () => import('./tile'),
  resident: () => import('./resident'),
}

/** Loads the kernels of these strategies, unless they are there. */
export async function loadKernels(...names: readonly (StrategyName | undefined)[]): Promise<void> {
  for (const strategy of names.flatMap((name) => name ?? []).map(strategyOf))
    if (strategy.kernels !== 'workgroup' && !isLoaded(strategy)) (await chunks[strategy.kernels]()).install()
}

/** Opens the GPU.
 * @throws SluiceError `bad-value` for a wrong option; `no-webgpu` where the browser has no WebGPU, `no-adapter` where it offers no adapter; the message
 * says which browser does. */
export async function openDevice(options: OpenOptions = {}): Promise<Gpu> {
  const gpu = await open(options)
  await loadKernels(gpu.tuning.strategy.name) // so that nothing later waits for it, and memoryOf need not
  return gpu
}
