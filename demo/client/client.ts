// The page's side of the worker: `call` for one answer, `stream` for many.
import type { Handlers } from '../worker/handlers'
import type { Failure, Reply, Request } from '../shared/protocol'
import { openWorker } from './own-worker'

type Result<Name extends keyof Handlers> = ReturnType<Handlers[Name]>
type Args<Name extends keyof Handlers> = Parameters<Handlers[Name]>[0]
type Calls = { [Name in keyof Handlers]: Result<Name> extends Promise<unknown> ? Name : never }[keyof Handlers]
type Streams = Exclude<keyof Handlers, Calls>
type Item<Name extends Streams> = Result<Name> extends AsyncGenerator<infer One> ? One : never

/** A failure that the worker sent instead of a result. */
export class FailureError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message)
  }
}

export const failureOf = (error: unknown): Failure =>
  error instanceof FailureError ? error.failure : { code: 'unexpected', message: error instanceof Error ? error.message : String(error) }

/** A call without an answer yet. Without a request it is canceled, and only its end is awaited. */
interface PendingCall {
  readonly request: Request | null
  readonly settle: (reply: Reply) => void
}
const pending = new Map<number, PendingCall>()
let worker: Worker | null = null
let last = 0

function post(request: Request): void {
  worker ??= open()
  worker.postMessage(request)
}

function open(): Worker {
  const opened = openWorker()
  opened.addEventListener('message', ({ data }: MessageEvent<Reply>) => pending.get(data.id)?.settle(data))
  opened.addEventListener('error', (event) => {
    const failure: Failure = { code: 'unexpected', message: event.message || 'the worker did not load' }
    for (const [id, { settle }] of [...pending]) settle({ id, failure })
  })
  return opened
}

/** The reason to abort a run that is still starting. A worker that compiles, or is in a long loop, receives no message. After a
 * while it is replaced by a new one. */
export const canceled = Symbol('canceled')

/** Milliseconds that a canceled run has to end by itself. */
const patience = 500

/** A run in the worker, which would be lost with it. */
interface LiveRun {
  /** Whether it can move to a new worker. */
  readonly canMove: () => boolean
  /** Moves it to the new worker. */
  readonly move: () => void
}
const liveRuns = new Set<LiveRun>()

/** Registers a run that moves when the worker is replaced. */
export const follow = (run: LiveRun) => void liveRuns.add(run)

/** Awaits the end of a canceled run, and replaces the worker if that takes too long. */
function awaitEnd(id: number): void {
  const timer = setTimeout(() => {
    // A run that is not saved would be lost, so the page rather waits.
    if ([...liveRuns].every((run) => run.canMove())) renew()
  }, patience)
  const settle = (reply: Reply) => {
    if ('item' in reply) return
    clearTimeout(timer)
    pending.delete(id)
  }
  pending.set(id, { request: null, settle })
}

/** Replaces the worker, and sends the new one all calls without an answer. */
function renew(): void {
  worker?.terminate()
  worker = null
  for (const [id, { request }] of [...pending]) if (!request) pending.delete(id)
  const unanswered = [...pending]
  for (const run of liveRuns) run.move()
  for (const [id, { request }] of unanswered) if (pending.get(id)?.request) post(request!)
}

/** Calls a handler that answers once. @throws FailureError */
export function call<Name extends Calls>(name: Name, args: Args<Name>): Promise<Awaited<Result<Name>>> {
  const id = ++last
  return new Promise((resolve, reject) => {
    const request = { id, call: name, args }
    const settle = (reply: Reply) => {
      pending.delete(id)
      if ('failure' in reply) reject(new FailureError(reply.failure))
      else resolve(('value' in reply ? reply.value : undefined) as Awaited<Result<Name>>)
    }
    pending.set(id, { request, settle })
    post(request)
  })
}

/** Calls a handler that yields a stream. Leaving the loop, or aborting, stops the handler. @throws FailureError */
export async function* stream<Name extends Streams>(name: Name, args: Args<Name>, signal?: AbortSignal): AsyncGenerator<Item<Name>, void, undefined> {
  const id = ++last
  const replies: Reply[] = []
  let wake = () => {}
  let ended = false
  const cancel = () => {
    if (!ended) {
      pending.delete(id)
      if (signal?.reason === canceled) awaitEnd(id)
      post({ id, cancel: true })
    }
    ended = true
    wake()
  }
  const request = { id, call: name, args }
  const settle = (reply: Reply) => {
    replies.push(reply)
    wake()
  }
  pending.set(id, { request, settle })
  signal?.addEventListener('abort', cancel)
  post(request)
  try {
    while (!signal?.aborted) {
      const reply = replies.shift()
      if (!reply) {
        await new Promise<void>((resolve) => (wake = resolve))
      } else if ('item' in reply) {
        yield reply.item as Item<Name>
      } else {
        ended = true
        pending.delete(id)
        if ('failure' in reply) throw new FailureError(reply.failure)
        return
      }
    }
  } finally {
    cancel()
    signal?.removeEventListener('abort', cancel)
  }
}
