// The page's end of the worker: one state that every view agrees on, and the worker's reports handed to those who asked.
import type { Command, Failure, Report, RunReport, Sampling, Settings } from './protocol'

export type State = 'opening' | 'unavailable' | 'ready' | 'starting' | 'running' | 'paused' | 'finished' | 'failed'

type Kind = Report['kind']
type Listener<K extends Kind> = (report: Extract<Report, { kind: K }>) => void
export type Inspected = Extract<Report, { kind: 'inspected' }>

export class FailureError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message)
  }
}

export class Session {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'sluice' })
  readonly #listeners = new Map<Kind, Listener<never>[]>()
  readonly #stateListeners: ((state: State) => void)[] = []
  readonly #resetListeners: (() => void)[] = []
  readonly #inspections = new Map<number, { resolve: (report: Inspected) => void; reject: (error: FailureError) => void }>()
  #state: State = 'opening'
  #run = 0
  #nextId = 1

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Report>) => this.#receive(data))
    this.#worker.addEventListener('error', (event) => {
      const message = `The worker that trains could not run: ${event.message || 'it did not load'}. Load the page again.`
      this.#receive({ kind: 'failed', run: this.#run, failure: { code: 'unexpected', message } })
    })
  }

  get state(): State {
    return this.#state
  }

  on<K extends Kind>(kind: K, listener: Listener<K>): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener as unknown as Listener<never>])
  }

  /** Also called at once, with the present state. */
  onState(listener: (state: State) => void): void {
    this.#stateListeners.push(listener)
    listener(this.#state)
  }

  onReset(listener: () => void): void {
    this.#resetListeners.push(listener)
  }

  open(): void {
    this.#send({ kind: 'open' })
  }

  start(text: string, prefix: string, settings: Settings, sampling: Sampling): void {
    this.#set('starting')
    this.#send({ kind: 'start', run: ++this.#run, text, prefix, settings, sampling })
  }

  pause(): void {
    this.#send({ kind: 'pause' })
  }

  resume(): void {
    this.#send({ kind: 'resume' })
  }

  reset(): void {
    this.#run++ // what still comes from the run is not heard
    this.#send({ kind: 'reset' })
    for (const listener of this.#resetListeners) listener()
    this.#set('ready')
  }

  setSampling(sampling: Sampling): void {
    this.#send({ kind: 'sampling', sampling })
  }

  /** Asks for a text; returns the id of the reports that bring it. */
  write(prefix: string, seed: number, sampling: Sampling): number {
    const id = this.#nextId++
    this.#send({ kind: 'write', id, prefix, seed, sampling })
    return id
  }

  /** Counts a text, or reads the bytes of a file strictly. @throws FailureError */
  inspect(name: string, source: string | ArrayBuffer): Promise<Inspected> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#inspections.set(id, { resolve, reject })
      this.#send({ kind: 'inspect', id, name, source })
    })
  }

  #send(command: Command): void {
    this.#worker.postMessage(command)
  }

  #set(state: State): void {
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }

  #receive(report: Report): void {
    if ('run' in report && report.run !== this.#run) return
    if (report.kind === 'inspected' || report.kind === 'inspection-failed') this.#settle(report)
    const next = this.#stateAfter(report)
    // Views first: they clear what is old before the state shows what is new.
    for (const listener of this.#listeners.get(report.kind) ?? []) (listener as unknown as (report: Report) => void)(report)
    if (next !== this.#state) this.#set(next)
  }

  #settle(report: Extract<Report, { kind: 'inspected' | 'inspection-failed' }>): void {
    const waiting = this.#inspections.get(report.id)
    this.#inspections.delete(report.id)
    if (report.kind === 'inspected') waiting?.resolve(report)
    else waiting?.reject(new FailureError(report.failure))
  }

  #stateAfter(report: RunReport | Report): State {
    switch (report.kind) {
      case 'adapter':
        return this.#state === 'opening' ? 'ready' : this.#state
      case 'unavailable':
        return 'unavailable'
      case 'started':
      case 'resumed':
        return 'running'
      case 'paused':
      case 'finished':
        return report.kind
      case 'failed':
        // What never began has not stopped: the settings are as they were, and Start is still Start.
        return this.#state === 'starting' ? 'ready' : 'failed'
      case 'lost':
        // Before Start there is nothing to lose: the next start opens a device anew.
        return this.#state === 'ready' ? 'ready' : 'failed'
      default:
        return this.#state
    }
  }
}
