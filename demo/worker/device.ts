// The GPU, opened once and again when it was lost. Every model of the page lives on it.
import { openDevice, type Gpu } from 'sluice'
import type { Failure } from './protocol'
import { toFailure } from './serve'

export type DeviceEvent =
  | { readonly kind: 'adapter'; readonly name: string; readonly isSoftware: boolean }
  | { readonly kind: 'unavailable'; readonly failure: Failure }
  | { readonly kind: 'lost'; readonly failure: Failure }

let opened: Promise<Gpu> | null = null
const watchers = new Set<(event: DeviceEvent) => void>()
const tell = (event: DeviceEvent) => watchers.forEach((watch) => watch(event))

export function device(): Promise<Gpu> {
  opened ??= openDevice().then(
    (gpu) => {
      tell({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })
      void gpu.lost.then((message) => {
        opened = null
        tell({ kind: 'lost', failure: { code: 'device-lost', message } })
      })
      return gpu
    },
    (error: unknown) => {
      opened = null
      tell({ kind: 'unavailable', failure: toFailure(error) })
      throw error
    },
  )
  return opened
}

export const deviceHandlers = {
  /** Opens the device, and tells of it for as long as the page lives. */
  async *watchDevice(_: void, signal: AbortSignal): AsyncGenerator<DeviceEvent> {
    const events: DeviceEvent[] = []
    let wake = () => {}
    const watch = (event: DeviceEvent) => {
      events.push(event)
      wake()
    }
    watchers.add(watch)
    signal.addEventListener('abort', () => wake())
    device().catch(() => {}) // told as an event
    try {
      while (!signal.aborted) {
        const event = events.shift()
        if (event) yield event
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      watchers.delete(watch)
    }
  },
}
