// What was found out about an adapter and is kept for later visits, as long as the kernels are the same: in the browser's own store, of
// pages and workers alike. Whoever asks must do without: Node has none, and a browser may refuse it.
import { kernelsDigest } from './gpu/kernels'

const open = (): Promise<Cache> => globalThis.caches.open('sluice')
/** A cache keeps answers to addresses, so what is known has one, that nobody asks. */
const addressOf = (key: string): string => `https://sluice.invalid/plan?${encodeURIComponent(key)}`

/** What was kept of these kernels in an earlier visit: a word. */
export async function recalled(key: string): Promise<string | undefined> {
  try {
    const answer = await (await open()).match(addressOf(key))
    const [word, kernels] = ((await answer?.text()) ?? '').split(' ')
    return kernels === kernelsDigest() ? word : undefined
  } catch {
    return undefined
  }
}

export async function keep(key: string, word: string): Promise<void> {
  try {
    await (await open()).put(addressOf(key), new Response(`${word} ${kernelsDigest()}`))
  } catch {
    // It will be found out again next time.
  }
}
