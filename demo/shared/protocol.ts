// What the page and its worker say to each other: calls, answered once or by a stream of items. The names and types of
// the calls are those of the handlers (handlers.ts), so a call that nobody answers does not compile.
import type { ErrorCode } from 'sluice'

export type Request = { readonly id: number; readonly call: string; readonly args: unknown } | { readonly id: number; readonly cancel: true }

export type Reply =
  /** One item of a stream. */
  | { readonly id: number; readonly item: unknown }
  /** The answer, or with undefined the end of a stream. */
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }

/** `unexpected` is a bug, of the page or of the library; `storage` is the browser's, which keeps nothing (any more). */
export type FailureCode = ErrorCode | 'storage' | 'storage-full' | 'unexpected'

/** An error as it travels: an Error itself would lose its code on the way. */
export interface Failure {
  readonly code: FailureCode
  readonly message: string
}

/** Answers one call: with a promise once, with an async generator as often as it likes. `signal` aborts when the page
 * no longer wants the answer; a generator that waits has to listen to it. */
export type Handler = (args: never, signal: AbortSignal) => Promise<unknown> | AsyncGenerator<unknown>
