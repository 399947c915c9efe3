// The GPU as the page knows it. The worker opens it.
import { signal } from '@preact/signals'
import { failureOf, stream } from '../client/client'
import type { Failure } from '../shared/protocol'

export type DeviceState =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly name: string; readonly isSoftware: boolean }
  | { readonly state: 'unavailable'; readonly failure: Failure }

/** Kernels that are ready, of those that were asked for; null while none are compiled. */
export const compiling = signal<{ readonly ready: number; readonly of: number } | null>(null)

export const device = signal<DeviceState>({ state: 'opening' })

/** Opens the device in the worker and follows it. */
export async function openDevice(): Promise<void> {
  if (!navigator.gpu) {
    // The worker would report the same, but later.
    device.value = { state: 'unavailable', failure: { code: 'no-webgpu', message: '' } }
    return
  }
  try {
    for await (const event of stream('watchDevice', undefined)) {
      if (event.kind === 'adapter') device.value = { state: 'ready', ...event }
      else device.value = { state: 'unavailable', failure: event.failure }
    }
  } catch (error) {
    device.value = { state: 'unavailable', failure: failureOf(error) }
  }
}

/** Follows the compilation of kernels. */
export async function followCompiling(): Promise<void> {
  for await (const { ready, of } of stream('watchCompiling', undefined)) compiling.value = { ready, of }
}
