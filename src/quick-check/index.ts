// Before the first training on an adapter its kernels are asked for a training step of a small network, whose result is known: there are
// devices that compute wrong numbers without a word. A strategy that does is struck from the list.
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import type { Optimizer } from '../optimizer'
import type { NetworkSpec } from '../spec'

/** Those of the strategies whose kernels compute on this device what they should, for a training of such a network; all, where the device
 * was opened with `check: false`.
 * @throws SluiceError `wrong-results` if none does, `device-lost`, `too-large`. */
export async function soundStrategies(
  gpu: Gpu,
  spec: NetworkSpec,
  names: readonly StrategyName[],
  optimizer?: Optimizer['kind'],
): Promise<readonly StrategyName[]> {
  return gpu.checks ? (await import('./sound')).soundOf(gpu, spec, names, optimizer) : names
}
