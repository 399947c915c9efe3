// The GPU as the page knows it. The worker opens it.
import { computed, signal } from '@preact/signals'
import { failureOf, stream } from '../client/client'
import type { Failure } from '../shared/protocol'

export type DeviceState =
  | { readonly state: 'opening' }
  | { readonly state: 'ready'; readonly name: string; readonly isSoftware: boolean }
  | { readonly state: 'unavailable'; readonly failure: Failure }

interface Kernels {
  readonly ready: number
  readonly of: number
}

/** Kernels since the page was opened, and at the start of the present preparation. */
const [kernels, kernelsBefore] = [signal<Kernels>({ ready: 0, of: 0 }), signal(0)]
/** Kernels of the present preparation that are ready, of those that it asked for so far; null before the first. */
export const compiling = computed((): Kernels | null => {
  const [ready, of] = [kernels.value.ready - kernelsBefore.value, kernels.value.of - kernelsBefore.value]
  return of > 0 ? { ready, of } : null
})

/** A run prepares: its kernels are counted from nothing, in however many rounds it asks for them. */
export function countKernels(): void {
  kernelsBefore.value = kernels.value.ready
}

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
  for await (const { ready, of } of stream('watchCompiling', undefined)) kernels.value = { ready, of }
}
