// Whether runs are saved in this browser.
import { signal } from '@preact/signals'
import { call, failureOf, stream } from '../client/client'
import type { Failure } from '../shared/protocol'

/** Whether another tab saves its runs, so that this one does not. */
export const anotherTabSaves = signal(false)
/** Why runs cannot be saved at present; null if they can. */
export const savingFailure = signal<Failure | null>(null)

export const isSaving = () => !anotherTabSaves.value && savingFailure.value === null

/** Follows whether runs are saved. They are saved at once when the page may be about to close. */
export async function followSaving(): Promise<void> {
  const saveNow = () => void call('saveNow', undefined)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && saveNow())
  addEventListener('pagehide', saveNow)
  try {
    anotherTabSaves.value = !(await call('savesRuns', undefined))
  } catch (error) {
    savingFailure.value = failureOf(error)
  }
  for await (const { failure } of stream('watchSaving', undefined)) savingFailure.value = failure
}
