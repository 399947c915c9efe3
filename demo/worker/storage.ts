// Saved runs and models, in IndexedDB. The worker writes them, so that the page does not wait.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { ModelInfo } from '../shared/models'
import { upgraded, type SavedRun } from './saved-run'

interface Schema extends DBSchema {
  runs: { key: string; value: SavedRun }
  texts: { key: string; value: string }
  models: { key: string; value: ModelInfo }
}

/** Something the browser's storage refused. */
export class StorageError extends Error {
  constructor(
    readonly code: 'storage-full' | 'storage',
    message: string,
  ) {
    super(message)
  }
}

let opened: Promise<IDBPDatabase<Schema>> | null = null

async function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('sluice', 1, {
    upgrade(db) {
      for (const name of ['runs', 'texts', 'models'] as const) db.createObjectStore(name)
    },
    terminated: () => (opened = null),
  })
  opened.catch(() => (opened = null))
  return opened
}

async function guarded<Result>(work: (db: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
  try {
    return await work(await database())
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError'
    throw new StorageError(full ? 'storage-full' : 'storage', error instanceof Error ? error.message : String(error))
  }
}

/** Saves a run, all of it or nothing. @param text left out if it is saved already */
export const saveRun = (key: string, run: SavedRun, text?: string, info?: ModelInfo): Promise<void> =>
  guarded(async (db) => {
    const { objectStore, done, abort } = transaction(db)
    try {
      await Promise.all([
        objectStore('runs').put(run, key),
        text !== undefined && objectStore('texts').put(text, key),
        info && objectStore('models').put(info, key),
        done,
      ])
    } catch (error) {
      abort()
      throw error
    }
  })

/** @returns the run saved under this key, null if there is none. The caller knows its kind. */
export const loadRun = <Run extends SavedRun = SavedRun>(key: string): Promise<{ run: Run; text: string } | null> =>
  guarded(async (db) => {
    const [run, text] = await Promise.all([db.get('runs', key), db.get('texts', key)])
    return run && text !== undefined ? { run: upgraded(run) as Run, text } : null
  })

export const deleteRun = (key: string): Promise<void> =>
  guarded(async (db) => {
    const { objectStore, done } = transaction(db)
    await Promise.all([...(['runs', 'texts', 'models'] as const).map((name) => objectStore(name).delete(key)), done])
  })

export const listModels = (): Promise<ModelInfo[]> => guarded(async (db) => (await db.getAll('models')).sort((a, b) => b.savedAt - a.savedAt))

export const renameModel = (id: string, name: string): Promise<void> =>
  guarded(async (db) => {
    const info = await db.get('models', id)
    if (info) await db.put('models', { ...info, name }, id)
  })

function transaction(db: IDBPDatabase<Schema>) {
  const all = db.transaction(['runs', 'texts', 'models'], 'readwrite')
  const abort = () => {
    all.done.catch(() => {}) // the reason is thrown already
    try {
      all.abort()
    } catch {
      // It had ended by itself.
    }
  }
  return { objectStore: all.objectStore.bind(all), done: all.done, abort }
}
