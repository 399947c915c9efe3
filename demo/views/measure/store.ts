// The measurement of this visit, or that of a link: it goes on while another view is shown.
import { effect, signal } from '@preact/signals'
import type { GpuMeasurement } from 'sluice'
import { call, failureOf, stream } from '../../client/client'
import { entry } from '../../page/address'
import { takeRunLock } from '../../session/run-lock'
import type { Failure } from '../../shared/protocol'
import { decode, prefix } from './link'

export interface Progress {
  readonly done: number
  readonly of: number
  readonly doing: string
}

export interface Found {
  readonly measurement: GpuMeasurement
  /** Whether a link brought it. */
  readonly isLinked: boolean
}

export const progress = signal<Progress | null>(null)
export const found = signal<Found | null>(null)
export const failure = signal<Failure | null>(null)
export const running = signal<AbortController | null>(null)
/** Whether the address has a measurement that cannot be read. */
export const isLinkBroken = signal(false)

/** The other engines that can be measured, and whether they are. */
export const others = signal<readonly string[]>([])
export const beside = signal(false)
void call('otherEngines', undefined).then(
  (names) => (others.value = names),
  () => {}, // without the worker nothing is measured at all
)

// The part of the address after # never leaves the browser.
effect(() => {
  void entry.value
  if (!location.hash.startsWith(prefix)) return
  const { hash } = location
  decode(hash.slice(prefix.length)).then(
    (measurement) => {
      if (location.hash !== hash) return
      isLinkBroken.value = false
      found.value = { measurement, isLinked: true }
    },
    () => (isLinkBroken.value = true),
  )
})

export async function start(): Promise<void> {
  if (running.value) return
  const controller = new AbortController()
  running.value = controller
  progress.value = found.value = failure.value = null
  isLinkBroken.value = false
  if (location.hash.startsWith(prefix)) history.replaceState(history.state, '', '#measure')
  // A training would slow it down: it pauses, and one that is started ends the measurement.
  const release = takeRunLock(stop)
  try {
    for await (const news of stream('measureGpu', { beside: beside.value }, controller.signal)) {
      if ('measurement' in news) found.value = { measurement: news.measurement, isLinked: false }
      else progress.value = news
    }
  } catch (error) {
    failure.value = failureOf(error)
  } finally {
    release()
    running.value = null
  }
}

export const stop = (): void => running.value?.abort()
