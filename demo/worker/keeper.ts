// Keeps a run while it trains, every few seconds and whenever it rests: in the browser, for another visit, and at hand, in case the
// GPU is lost.
import { Channel } from './channel'
import type { Failure } from '../shared/protocol'
import { toFailure } from './serve'
import type { RunKey } from '../shared/run-config'
import type { SavedRun } from './saved-run'
import { keepRun, StorageError } from './storage'

/** Milliseconds from one keeping to the next. */
const often = 4000
/** Milliseconds after which a run that begins or goes on is kept the first time. */
const soon = 500
/** Keeping takes this share of the time at most. */
const share = 1 / 20

export interface Kept {
  readonly step: number
  /** Why it could not be kept. */
  readonly failure: Failure | null
}

/** A tab that keeps its run holds this lock for as long as it lives: another one would write over it. */
const alone: Promise<boolean> = new Promise((resolve) => {
  // A page that is being loaded again takes a moment to let go.
  const patience = { signal: AbortSignal.timeout(3000) }
  navigator.locks.request('sluice.run', patience, () => (resolve(true), new Promise<never>(() => {}))).catch(() => resolve(false))
})

/** Whether this tab is the one that keeps its run. */
export const keepsRuns = (): Promise<boolean> => alone

/** A run as its keeper sees it. */
interface Keepable<Saved extends SavedRun> {
  readonly config: { readonly text: string }
  readonly step: number
  save(): Promise<Saved>
}

export class Keeper<Saved extends SavedRun = SavedRun> {
  static readonly news = new Channel<Kept>()
  static readonly #newest = new Map<RunKey, Keeper>()
  #due = 0
  #rested = true
  #textKept = false
  /** Resolves when nothing is being written. */
  #keeping = Promise.resolve()
  #stopped = false
  #latest: Saved | null = null

  constructor(
    private readonly key: RunKey,
    private readonly run: Keepable<Saved>,
  ) {
    Keeper.#newest.set(key, this)
  }

  /** Has the run that has this key kept no more; resolves when nothing is being written. */
  static async stop(key: RunKey): Promise<void> {
    const keeper = this.#newest.get(key)
    if (!keeper) return
    keeper.#stopped = true
    await keeper.#keeping
  }

  /** The run as it was last kept. */
  get latest(): Saved | null {
    return this.#latest
  }

  /** Between two steps: keeps the run if it is time to. A run whose parts must not go on meanwhile waits for it. */
  async tick(rests: boolean): Promise<void> {
    const now = performance.now()
    if (this.#rested && !rests) this.#due = now + soon
    this.#rested = rests
    if (rests || now >= this.#due) await this.keep()
  }

  /** Keeps the run as it stands now, or, when it is being kept, as it stands after that. */
  async keep(): Promise<void> {
    // Not once more before this is done.
    this.#due = Infinity
    await (this.#keeping = this.#keeping.then(() => this.#keep()))
  }

  async #keep(): Promise<void> {
    if (this.#stopped) return
    const from = performance.now()
    const { step } = this.run
    try {
      this.#latest = await this.run.save()
      if (await alone) {
        await keepRun(this.key, this.#latest, this.#textKept ? undefined : this.run.config.text)
        this.#textKept = true
        Keeper.news.tell({ step, failure: null })
      }
    } catch (error) {
      // What the run itself has to complain of, it says where it trains.
      if (error instanceof StorageError) Keeper.news.tell({ step, failure: toFailure(error) })
    }
    const now = performance.now()
    // Sooner, if it went on meanwhile.
    this.#due = Math.min(this.#due, now + Math.max(often, (now - from) / share))
  }
}
