// The worker's end of the calls.
import { SluiceError } from 'sluice'
import type { Failure, Handler, Reply, Request } from '../shared/protocol'
import { StorageError } from './storage'

export function toFailure(error: unknown): Failure {
  if (error instanceof SluiceError || error instanceof StorageError) return { code: error.code, message: error.message }
  console.error(error)
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) }
}

export function serve(handlers: Readonly<Record<string, Handler>>): void {
  const running = new Map<number, AbortController>()
  const post = (reply: Reply) => postMessage(reply)

  async function answer(id: number, handler: Handler, args: unknown, signal: AbortSignal): Promise<void> {
    const result = handler(args as never, signal)
    if (!(Symbol.asyncIterator in result)) return post({ id, value: await result })
    for await (const item of result) {
      if (signal.aborted) break
      post({ id, item })
    }
    post({ id, value: undefined })
  }

  addEventListener('message', async ({ data }: MessageEvent<Request>) => {
    const { id } = data
    if ('cancel' in data) return running.get(id)?.abort()
    const controller = new AbortController()
    running.set(id, controller)
    try {
      await answer(id, handlers[data.call]!, data.args, controller.signal)
    } catch (error) {
      post({ id, failure: toFailure(error) })
    } finally {
      running.delete(id)
    }
  })
}
