// What the race needs of a contestant, whatever its task.
import type { LaneEvaluation } from '../shared/race/record'

export interface Model {
  readonly training: {
    /** Trains one step; no value at the end of the training. @throws SluiceError `not-finite` */
    next(): Promise<{ readonly value?: { readonly loss: number; readonly gradientNorm: number } | void }>
    save(): Promise<Uint8Array<ArrayBuffer>>
    return(): Promise<unknown>
  }
  evaluate(): Promise<LaneEvaluation>
  destroy(): void
}
