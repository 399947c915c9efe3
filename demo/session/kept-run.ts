// Finding the runs that the browser keeps, and forgetting them, even if the page is left at once.
import type { KeptRun, RunKey } from '../shared/run-config'
import { call } from '../client/client'

const mark = (key: RunKey) => `sluice forgets ${key}`

/** A browser that keeps nothing has kept no run either. */
function session<Result>(work: (storage: Storage) => Result): Result | null {
  try {
    return work(sessionStorage)
  } catch {
    return null
  }
}

/** Forgets the kept run. */
export async function forget(key: RunKey): Promise<void> {
  session((storage) => storage.setItem(mark(key), ''))
  await call('forgetRun', { key }).catch(() => {}) // it will be written over
  session((storage) => storage.removeItem(mark(key)))
}

/** The kept run; null if there is none. One that this tab was left while forgetting, which the worker may not have come to, is
 * forgotten now. */
export async function keptRun<Settings>(key: RunKey): Promise<KeptRun<Settings> | null> {
  if (session((storage) => storage.getItem(mark(key))) !== null) await forget(key)
  return (await call('keptRun', { key }).catch(() => null)) as KeptRun<Settings> | null
}
