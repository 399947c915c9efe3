// Whether what trains is kept in this browser.
import { signal } from '@preact/signals'
import { call, failureOf, stream } from '../client/client'
import type { Failure } from '../shared/protocol'

/** Whether another tab keeps its runs, so that this one does not. */
export const keptElsewhere = signal(false)
/** Why runs are not kept at present; null if they are, or there is nothing to keep. */
export const keepingFailure = signal<Failure | null>(null)

export const isKept = () => !keptElsewhere.value && keepingFailure.value === null

/** Follows whether runs are kept. They are kept at once when the page may be about to go. */
export async function followKeeping(): Promise<void> {
  const keep = () => void call('keepNow', undefined)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && keep())
  addEventListener('pagehide', keep)
  try {
    keptElsewhere.value = !(await call('keepsRuns', undefined))
  } catch (error) {
    keepingFailure.value = failureOf(error)
  }
  for await (const { failure } of stream('watchKeeping', undefined)) keepingFailure.value = failure
}
