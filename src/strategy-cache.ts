// Measured strategies, kept by the browser for later visits of pages and workers alike.
import { kernelsDigest } from './gpu/kernels'
import { strategyNames, type StrategyName } from './gpu/strategy'

/** Node has no cache storage, and a browser may refuse it: then nothing is kept. */
const open = (): Promise<Cache> => globalThis.caches.open('sluice')
/** The cache is keyed by addresses, so a key has one, which nobody fetches. */
const addressOf = (key: string): string => `https://sluice.invalid/strategy?${encodeURIComponent(key)}`

/** What was measured of these kernels in an earlier visit. */
export async function cachedStrategy(key: string): Promise<StrategyName | undefined> {
  try {
    const answer = await (await open()).match(addressOf(key))
    const [name, kernels] = ((await answer?.text()) ?? '').split(' ')
    return kernels === kernelsDigest() ? strategyNames.find((strategy) => strategy === name) : undefined
  } catch {
    return undefined
  }
}

export async function cacheStrategy(key: string, name: StrategyName): Promise<void> {
  try {
    await (await open()).put(addressOf(key), new Response(`${name} ${kernelsDigest()}`))
  } catch {
    // It will be measured again next time.
  }
}
