// What the page and its worker say to each other. Types only, so that both sides import it for nothing.
import type { CellName, ErrorCode } from 'sluice'

export type OptimizerName = 'adam' | 'rmsprop' | 'momentum' | 'sgd'

/** As the fields of the form give them. A number that is missing or misspelt is NaN: the library says what is wrong
 * with it better than the page could. */
export interface Settings {
  readonly cell: CellName
  readonly hidden: number
  readonly layers: number
  readonly batch: number
  readonly steps: number
  /** Times through the text; Infinity for no such limit. */
  readonly epochs: number
  /** Training steps; Infinity for no such limit. Whichever comes first ends the training. */
  readonly iterations: number
  readonly optimizer: OptimizerName
  readonly rate: number
  /** Infinity for none. */
  readonly clipNorm: number
  readonly partition: 'sequential' | 'random'
  readonly seed: number
}

/** How the network writes; may change while it learns. */
export interface Sampling {
  readonly temperature: number
  readonly topK: number
  readonly length: number
}

export interface Failure {
  /** `unexpected` is a bug, of the page or of the library. */
  readonly code: ErrorCode | 'unexpected'
  readonly message: string
}

export type Command =
  | { kind: 'open' }
  /** Reads a text or the bytes of a file, without training on it. */
  | { kind: 'inspect'; id: number; name: string; source: string | ArrayBuffer }
  | { kind: 'start'; run: number; text: string; prefix: string; settings: Settings; sampling: Sampling }
  | { kind: 'pause' }
  /** Goes on; after the last epoch, with as many epochs again. */
  | { kind: 'resume' }
  /** Ends the run and frees the model. */
  | { kind: 'reset' }
  | { kind: 'sampling'; sampling: Sampling }
  /** Writes once, as soon as the step under way is done. */
  | { kind: 'write'; id: number; prefix: string; seed: number; sampling: Sampling }

/** One training step on the curve. */
export interface Point {
  /** Steps done, from 1. */
  readonly step: number
  /** Mean loss of the step's batch, in nats. */
  readonly loss: number
}

/** Of one run; the page drops what comes late from a run that it has ended. */
export type RunReport =
  | { kind: 'started'; run: number; characters: number; heldOut: number; vocabulary: number; parameters: number }
  | {
      kind: 'progress'
      run: number
      /** The steps since the report before, oldest first. */
      points: readonly Point[]
      epoch: number
      /** null where they are not limited. */
      epochs: number | null
      totalSteps: number
      charsPerSecond: number
      secondsLeft: number
    }
  /** A look at the model between steps: what it writes now, and how well it does on the text held out. */
  | { kind: 'look'; run: number; step: number; prefix: string; text: string; heldOutPerplexity: number | null }
  /** The run goes on, but could not write with the sampling it was given. */
  | { kind: 'sampling-refused'; run: number; failure: Failure }
  | { kind: 'paused'; run: number; step: number }
  | { kind: 'resumed'; run: number }
  | { kind: 'finished'; run: number; step: number }
  | { kind: 'failed'; run: number; failure: Failure }
  /** Answers to `write`: pieces as they come, then the end or a failure. */
  | { kind: 'wrote'; run: number; id: number; piece: string }
  | { kind: 'write-ended'; run: number; id: number; step: number; failure: Failure | null }

export type Report =
  | RunReport
  | { kind: 'adapter'; name: string; isSoftware: boolean }
  | { kind: 'unavailable'; failure: Failure }
  | { kind: 'lost'; failure: Failure }
  /** `text` is what the bytes say; of a text that the page sent, it need not come back. */
  | { kind: 'inspected'; id: number; characters: number; vocabulary: number; text: string | null }
  | { kind: 'inspection-failed'; id: number; failure: Failure }
