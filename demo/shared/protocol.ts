// The messages between the page and its worker: calls, answered once or by a stream of items. The names and types of the calls are
// those of the handlers (handlers.ts), so a call without a handler does not compile.
import type { ErrorCode } from 'sluice'

export type Request = { readonly id: number; readonly call: string; readonly args: unknown } | { readonly id: number; readonly cancel: true }

export type Reply =
  /** One item of a stream. */
  | { readonly id: number; readonly item: unknown }
  /** The answer, or with undefined the end of a stream. */
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }

/** `unexpected` is a bug of the page or of the library. `storage`: the browser cannot store anything. */
export type FailureCode = ErrorCode | 'storage' | 'storage-full' | 'unexpected'

/** An error as a message. An Error itself would lose its code on the way. */
export interface Failure {
  readonly code: FailureCode
  readonly message: string
}

/** Answers one call: a promise once, an async generator with a stream. `signal` aborts when the page cancels the call; a generator
 * that waits has to listen to it. */
export type Handler = (args: never, signal: AbortSignal) => Promise<unknown> | AsyncGenerator<unknown>
