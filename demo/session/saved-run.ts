// Finds the saved runs, and deletes them even if the page is left at once.
import type { RunSummary, RunKey } from '../shared/run-config'
import { call } from '../client/client'

const deletionMark = (key: RunKey) => `sluice deletes ${key}`

/** A browser that stores nothing has no saved run either. */
function withStorage<Result>(work: (storage: Storage) => Result): Result | null {
  try {
    return work(sessionStorage)
  } catch {
    return null
  }
}

/** Deletes the saved run. */
export async function deleteSavedRun(key: RunKey): Promise<void> {
  withStorage((storage) => storage.setItem(deletionMark(key), ''))
  await call('deleteRun', { key }).catch(() => {}) // it will be overwritten
  withStorage((storage) => storage.removeItem(deletionMark(key)))
}

/** The saved run; null if there is none. A deletion that was cut off when this tab was left is finished first. */
export async function findSavedRun<Settings>(key: RunKey): Promise<RunSummary<Settings> | null> {
  if (withStorage((storage) => storage.getItem(deletionMark(key))) !== null) await deleteSavedRun(key)
  return (await call('findSavedRun', { key }).catch(() => null)) as RunSummary<Settings> | null
}
