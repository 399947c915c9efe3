// The verification of this visit: it goes on while another view is shown.
import { signal } from '@preact/signals'
import { failureOf, stream } from '../../client/client'
import type { Failure } from '../../shared/protocol'

type News = Extract<Awaited<ReturnType<ReturnType<typeof stream<'verifyGpu'>>['next']>>['value'], object>
export type Found = Extract<News, { report: unknown }>

export const progress = signal<{ readonly done: number; readonly of: number } | null>(null)
export const found = signal<Found | null>(null)
export const failure = signal<Failure | null>(null)
export const running = signal<AbortController | null>(null)

export async function start(): Promise<void> {
  if (running.value) return
  const controller = new AbortController()
  running.value = controller
  progress.value = found.value = failure.value = null
  try {
    for await (const news of stream('verifyGpu', undefined, controller.signal)) {
      if ('report' in news) found.value = news
      else progress.value = news
    }
  } catch (error) {
    failure.value = failureOf(error)
  } finally {
    running.value = null
  }
}

export const stop = (): void => running.value?.abort()
