// What is told of a saved model.
import type { CellName } from 'sluice'

/** A saved model, as a list shows it. */
export interface ModelInfo {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly savedAt: number
  readonly cell: CellName
  readonly hidden: number
  readonly layers: number
  readonly step: number
  /** The last loss on the text held out, in nats; null if there was none. */
  readonly heldOutLoss: number | null
  readonly textName: string
  readonly bytes: number
}
