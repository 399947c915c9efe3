// What is known of an adapter, and what is asked of it where nothing is: the check itself is a chunk that is loaded for it.
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import type { Optimizer } from '../optimizer'
import { completeSpec, type NetworkSpec } from '../spec'
import { loadKernels } from '../strategies'
import { cacheAsSound, cachedAsSound } from '../strategy-cache'

/** By adapter, network and strategy: what is wrong, empty where nothing is. */
const known = new Map<string, Promise<string>>()

async function check(gpu: Gpu, spec: NetworkSpec, strategy: StrategyName, optimizer: Optimizer['kind'] | undefined, key: string): Promise<string> {
  await loadKernels(gpu.tuning.strategy.name) // what was kept is of all kernels, so they come first
  await loadKernels(strategy)
  if (await cachedAsSound(key)) return ''
  const { quickCheck } = await import('../agreement/quick')
  const wrong = await quickCheck(gpu, spec, strategy, optimizer)
  // What is wrong is asked again at the next visit: a driver may have come that mends it.
  if (wrong === '') await cacheAsSound(key)
  return wrong
}

/** As `soundStrategies`, of a device that is checked. */
export async function soundOf(gpu: Gpu, spec: NetworkSpec, names: readonly StrategyName[], optimizer?: Optimizer['kind']): Promise<readonly StrategyName[]> {
  const found: { readonly name: StrategyName; readonly wrong: string }[] = []
  for (const name of names) {
    const browser = globalThis.navigator?.userAgent
    // Of the network its kinds, not its sizes.
    const key = JSON.stringify(['check', gpu.adapterName, gpu.isSoftware, gpu.subgroups, browser, completeSpec(spec), name, optimizer], (_, value: unknown) =>
      typeof value === 'number' ? Math.sign(value) : value,
    )
    let checked = known.get(key)
    if (!checked) {
      known.set(key, (checked = check(gpu, spec, name, optimizer, key)))
      checked.catch(() => known.delete(key))
    }
    found.push({ name, wrong: await checked })
  }
  const sound = found.filter(({ wrong }) => wrong === '').map(({ name }) => name)
  if (sound.length > 0 || names.length === 0) return sound
  throw (await import('../agreement/quick')).wrongResults(gpu, names, found[0]!.wrong)
}
