// What was measured and checked of strategies, kept by the browser for later visits of pages and workers alike.
import { kernelsDigest } from './gpu/kernels'
import { strategyNames, type StrategyName } from './gpu/strategy'

/** Node has no cache storage, and a browser may refuse it: then nothing is kept. */
const open = (): Promise<Cache> => globalThis.caches.open('sluice')
/** The cache is keyed by addresses, so a key has one, which nobody fetches. */
const addressOf = (key: string): string => `https://sluice.invalid/strategy?${encodeURIComponent(key)}`

/** What was kept of these kernels in an earlier visit: a word. */
async function cached(key: string): Promise<string | undefined> {
  try {
    const answer = await (await open()).match(addressOf(key))
    const [word, kernels] = ((await answer?.text()) ?? '').split(' ')
    return kernels === kernelsDigest() ? word : undefined
  } catch {
    return undefined
  }
}

async function cache(key: string, word: string): Promise<void> {
  try {
    await (await open()).put(addressOf(key), new Response(`${word} ${kernelsDigest()}`))
  } catch {
    // It will be found out again next time.
  }
}

/** The strategy that was measured as the fastest. */
export async function cachedStrategy(key: string): Promise<StrategyName | undefined> {
  const word = await cached(key)
  return strategyNames.find((name) => name === word)
}

export const cacheStrategy = (key: string, name: StrategyName): Promise<void> => cache(key, name)

/** Whether results were checked, and were right. */
export const cachedAsSound = async (key: string): Promise<boolean> => (await cached(key)) === 'sound'

export const cacheAsSound = (key: string): Promise<void> => cache(key, 'sound')
