// The page's end of the worker: `call` for one answer, `stream` for many.
import type { Handlers } from '../worker/handlers'
import type { Failure, Reply, Request } from '../worker/protocol'
import address from '../worker/worker.ts?worker&url'

type Result<Name extends keyof Handlers> = ReturnType<Handlers[Name]>
type Args<Name extends keyof Handlers> = Parameters<Handlers[Name]>[0]
type Calls = { [Name in keyof Handlers]: Result<Name> extends Promise<unknown> ? Name : never }[keyof Handlers]
type Streams = Exclude<keyof Handlers, Calls>
type Item<Name extends Streams> = Result<Name> extends AsyncGenerator<infer One> ? One : never

/** What the worker answered in place of a result. */
export class FailureError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message)
  }
}

export const failureOf = (error: unknown): Failure =>
  error instanceof FailureError ? error.failure : { code: 'unexpected', message: error instanceof Error ? error.message : String(error) }

// A page under Trusted Types starts no worker from a plain string.
const policy = globalThis.trustedTypes?.createPolicy('sluice', { createScriptURL: (url) => url })
const waiting = new Map<number, (reply: Reply) => void>()
let worker: Worker | null = null
let last = 0

function post(request: Request): void {
  worker ??= open()
  worker.postMessage(request)
}

function open(): Worker {
  const opened = new Worker((policy?.createScriptURL(address) ?? address) as string, { type: 'module', name: 'sluice' })
  opened.addEventListener('message', ({ data }: MessageEvent<Reply>) => waiting.get(data.id)?.(data))
  opened.addEventListener('error', (event) => {
    const failure: Failure = { code: 'unexpected', message: event.message || 'the worker did not load' }
    for (const [id, settle] of [...waiting]) settle({ id, failure })
  })
  return opened
}

/** Asks for one answer. @throws FailureError */
export function call<Name extends Calls>(name: Name, args: Args<Name>): Promise<Awaited<Result<Name>>> {
  const id = ++last
  return new Promise((resolve, reject) => {
    waiting.set(id, (reply) => {
      waiting.delete(id)
      if ('failure' in reply) reject(new FailureError(reply.failure))
      else resolve(('value' in reply ? reply.value : undefined) as Awaited<Result<Name>>)
    })
    post({ id, call: name, args })
  })
}

/** Asks for a stream. Leaving the loop, or aborting, tells the worker to stop. @throws FailureError */
export async function* stream<Name extends Streams>(name: Name, args: Args<Name>, signal?: AbortSignal): AsyncGenerator<Item<Name>, void, undefined> {
  const id = ++last
  const replies: Reply[] = []
  let wake = () => {}
  let ended = false
  const cancel = () => {
    if (!ended) post({ id, cancel: true })
    ended = true
    wake()
  }
  waiting.set(id, (reply) => {
    replies.push(reply)
    wake()
  })
  signal?.addEventListener('abort', cancel)
  post({ id, call: name, args })
  try {
    while (!signal?.aborted) {
      const reply = replies.shift()
      if (!reply) {
        await new Promise<void>((resolve) => (wake = resolve))
      } else if ('item' in reply) {
        yield reply.item as Item<Name>
      } else {
        ended = true
        if ('failure' in reply) throw new FailureError(reply.failure)
        return
      }
    }
  } finally {
    cancel()
    waiting.delete(id)
    signal?.removeEventListener('abort', cancel)
  }
}
