// The GPU. It is opened once, and again after a loss. All models of the page use it.
import { openDevice, SluiceError, type Gpu } from 'sluice'
import { Channel } from './channel'
import { compilingNews, type Compiling } from './compiling'
import type { Failure } from '../shared/protocol'
import { toFailure } from './serve'

export type DeviceEvent =
  { readonly kind: 'adapter'; readonly name: string; readonly isSoftware: boolean } | { readonly kind: 'unavailable'; readonly failure: Failure }

const news = new Channel<DeviceEvent>()
let opened: Promise<Gpu> | null = null
/** The last GPU that was opened; it may be lost by now. */
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

/** Whether an error comes from the loss of the device. The browser may report the loss a moment later. */
export async function isLoss(error: unknown): Promise<boolean> {
  const code = error instanceof SluiceError ? error.code : null
  if (code === 'device-lost') await last?.isLost(1000)
  return code === 'device-lost' || (code === 'gpu-error' && ((await last?.isLost()) ?? false))
}

/** Never resolves, and rejects when the GPU is lost. For a race with another promise. */
export const loss = async ({ lost }: { readonly lost: Promise<string> }): Promise<never> => {
  throw new SluiceError('device-lost', await lost)
}

export const deviceHandlers = {
  /** Yields how many kernels are ready, while some are compiled. */
  watchCompiling(_: void, signal: AbortSignal): AsyncGenerator<Compiling> {
    return compilingNews.listen(signal)
  },

  /** Opens the device and yields its events until the page closes. */
  async *watchDevice(_: void, signal: AbortSignal): AsyncGenerator<DeviceEvent> {
    queueMicrotask(() => device().catch(() => {})) // reported as an event, once we listen
    yield* news.listen(signal)
  },
}
