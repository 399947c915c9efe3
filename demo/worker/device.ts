// The GPU, opened once and again when it was lost, for as many seconds as a driver may take. Every model of the page lives on it.
import { openDevice, SluiceError, type Gpu } from 'sluice'
import { Channel } from './channel'
import type { Failure } from '../shared/protocol'
import { toFailure } from './serve'

export type DeviceEvent =
  { readonly kind: 'adapter'; readonly name: string; readonly isSoftware: boolean } | { readonly kind: 'unavailable'; readonly failure: Failure }

const news = new Channel<DeviceEvent>()
let opened: Promise<Gpu> | null = null
/** The last one that was opened, be it lost by now. */
let last: Gpu | null = null

export function device(): Promise<Gpu> {
  opened ??= (last && !last.isClosed ? last.reopened() : openDevice()).then(
    (gpu) => {
      news.tell({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })
      last = gpu
      void gpu.lost.then(() => (opened = null))
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

/** Whether an error comes of the loss of the device, which the browser may tell of a moment after. */
export async function isLoss(error: unknown): Promise<boolean> {
  const code = error instanceof SluiceError ? error.code : null
  if (code === 'device-lost') await last?.isLost(1000)
  return code === 'device-lost' || (code === 'gpu-error' && ((await last?.isLost()) ?? false))
}

/** Never resolves, and rejects when the GPU is lost: for whoever waits for something else meanwhile. */
export const loss = async ({ lost }: { readonly lost: Promise<string> }): Promise<never> => {
  throw new SluiceError('device-lost', await lost)
}

export const deviceHandlers = {
  /** Opens the device, and tells of it for as long as the page lives. */
  async *watchDevice(_: void, signal: AbortSignal): AsyncGenerator<DeviceEvent> {
    queueMicrotask(() => device().catch(() => {})) // told as an event, once we listen
    yield* news.listen(signal)
  },
}
