// Saves a run every few seconds while it trains and whenever it pauses: in the browser for the next visit, and in memory in case
// the GPU is lost.
import { Channel } from './channel'
import type { Failure } from '../shared/protocol'
import { toFailure } from './serve'
import type { RunKey } from '../shared/run-config'
import type { SavedRun } from './saved-run'
import { saveRun, StorageError } from './storage'

/** Milliseconds from one save to the next, at least. */
const interval = 4000
/** Milliseconds from the start or resumption of a run to its first save. */
const firstDelay = 500
/** Saving takes at most this share of the time. */
const maxShare = 1 / 20

export interface SaveReport {
  readonly step: number
  /** Why it could not be saved; null if it was. */
  readonly failure: Failure | null
}

/** The tab that saves its runs has this lock until it closes. Without it, two tabs would overwrite each other's runs. */
const hasLock: Promise<boolean> = new Promise((resolve) => {
  // A page that is reloaded takes a moment to release the lock, and seconds on a busy machine: its worker ends once the GPU answers.
  const patience = { signal: AbortSignal.timeout(10_000) }
  navigator.locks.request('sluice.run', patience, () => (resolve(true), new Promise<never>(() => {}))).catch(() => resolve(false))
})

/** Whether this tab saves its runs. */
export const savesRuns = (): Promise<boolean> => hasLock

/** A run that can be saved. */
interface Saveable<Saved extends SavedRun> {
  readonly config: { readonly text: string }
  readonly step: number
  save(): Promise<Saved>
}

export class Autosave<Saved extends SavedRun = SavedRun> {
  static readonly reports = new Channel<SaveReport>()
  static readonly #newest = new Map<RunKey, Autosave>()
  #due = 0
  #paused = true
  #textSaved = false
  /** Resolves when nothing is being written. */
  #saving = Promise.resolve()
  #stopped = false
  #latest: Saved | null = null

  constructor(
    private readonly key: RunKey,
    private readonly run: Saveable<Saved>,
  ) {
    Autosave.#newest.set(key, this)
  }

  /** Stops saving the run of this key. Resolves when nothing is being written. */
  static async stop(key: RunKey): Promise<void> {
    const autosave = this.#newest.get(key)
    if (!autosave) return
    autosave.#stopped = true
    await autosave.#saving
  }

  /** The run as it was last saved. */
  get latest(): Saved | null {
    return this.#latest
  }

  /** Saves the run if a save is due. To be called between two steps; a run that must not train meanwhile awaits it. */
  async tick(paused: boolean): Promise<void> {
    const now = performance.now()
    if (this.#paused && !paused) this.#due = now + firstDelay
    this.#paused = paused
    if (paused || now >= this.#due) await this.save()
  }

  /** Saves the run as it is now, or after a save that is under way. */
  async save(): Promise<void> {
    // No second save before this one is done.
    this.#due = Infinity
    await (this.#saving = this.#saving.then(() => this.#save()))
  }

  async #save(): Promise<void> {
    if (this.#stopped) return
    const from = performance.now()
    const { step } = this.run
    try {
      this.#latest = await this.run.save()
      if (await hasLock) {
        await saveRun(this.key, this.#latest, this.#textSaved ? undefined : this.run.config.text)
        this.#textSaved = true
        Autosave.reports.tell({ step, failure: null })
      }
    } catch (error) {
      // Other errors are the run's own. It reports them where it trains.
      if (error instanceof StorageError) Autosave.reports.tell({ step, failure: toFailure(error) })
    }
    const now = performance.now()
    // Sooner if the run was resumed meanwhile.
    this.#due = Math.min(this.#due, now + Math.max(interval, (now - from) / maxShare))
  }
}
