// A run of the worker that a view shows: started, paused, gone on with, reset. The view keeps what the run tells.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Failure } from '../worker/protocol'
import type { Pace } from '../worker/steered'
import { failureOf } from './client'
import type { Status } from './session'
import { takeTurn } from './turn'

interface Wiring<Event extends { readonly kind: string }> {
  /** Begins a run, and gives what it tells. The run ends when `signal` aborts. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<Event | Pace>
  /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
  readonly allow: (steps: number) => void
  readonly take: (event: Event) => void
  /** Forgets what the run before has told. */
  readonly clear: () => void
  /** What is set, as one word to compare: a run that began with another one is not what the form shows. */
  readonly stamp: () => string
}

export interface Runner {
  readonly status: ReadonlySignal<Status>
  readonly failure: ReadonlySignal<Failure | null>
  /** Whether the settings have changed since the run began. */
  readonly changed: ReadonlySignal<boolean>
  start(): Promise<void>
  pause(): void
  resume(): void
  stepOnce(): void
  reset(): void
}

const isPace = (event: { readonly kind: string }): event is Pace => event.kind === 'rested' || event.kind === 'resumed'

export function runner<Event extends { readonly kind: string }>({ follow, allow, take, clear, stamp }: Wiring<Event>): Runner {
  const status = signal<Status>('idle')
  const failure = signal<Failure | null>(null)
  const started = signal<string | null>(null)
  let ending: AbortController | null = null
  let yieldTurn = () => {}
  const pause = () => allow(0)

  return {
    status,
    failure,
    changed: computed(() => started.value !== null && started.value !== stamp()),
    pause,
    stepOnce: () => allow(1),
    async start() {
      ending?.abort()
      const { signal } = (ending = new AbortController())
      yieldTurn = takeTurn(pause)
      status.value = 'starting'
      failure.value = null
      started.value = stamp()
      clear()
      try {
        for await (const event of follow(signal)) {
          if (!isPace(event)) take(event)
          if (event.kind === 'rested') status.value = (event as Pace & { readonly kind: 'rested' }).finished ? 'finished' : 'paused'
          else if (event.kind === 'started' || event.kind === 'resumed') status.value = 'running'
        }
      } catch (error) {
        if (signal.aborted) return
        failure.value = failureOf(error)
        // What never began has not stopped: Start is still Start.
        if (status.value === 'starting') started.value = null
        status.value = status.value === 'starting' ? 'idle' : 'failed'
        yieldTurn()
      }
    },
    resume() {
      yieldTurn = takeTurn(pause)
      allow(Infinity)
    },
    reset() {
      ending?.abort()
      yieldTurn()
      started.value = failure.value = null
      clear()
      status.value = 'idle'
    },
  }
}
