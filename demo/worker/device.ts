// The GPU, opened once and again when it was lost, for as many seconds as a driver may take. Every model of the page lives on it.
import { openDevice, type Gpu } from 'sluice'
import { Channel } from './channel'
import type { Failure } from './protocol'
import { toFailure } from './serve'

export type DeviceEvent =
  | { readonly kind: 'adapter'; readonly name: string; readonly isSoftware: boolean }
  | { readonly kind: 'unavailable'; readonly failure: Failure }

const news = new Channel<DeviceEvent>()
let opened: Promise<Gpu> | null = null
let lost: Gpu | null = null

export function device(): Promise<Gpu> {
  opened ??= (lost && !lost.isClosed ? lost.reopened() : openDevice()).then(
    (gpu) => {
      news.tell({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })
      void gpu.lost.then(() => {
        opened = null
        lost = gpu
      })
      return gpu
    },
    (error: unknown) => {
      opened = null
      news.tell({ kind: 'unavailable', failure: toFailure(error) })
      throw error
    },
  )
  return opened
}

export const deviceHandlers = {
  /** Opens the device, and tells of it for as long as the page lives. */
  async *watchDevice(_: void, signal: AbortSignal): AsyncGenerator<DeviceEvent> {
    queueMicrotask(() => device().catch(() => {})) // told as an event, once we listen
    yield* news.listen(signal)
  },
}
