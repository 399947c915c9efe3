// The description of a saved model.
import type { CellName } from 'sluice'

/** A saved model, as the list shows it. */
export interface ModelInfo {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly savedAt: number
  readonly cell: CellName
  readonly hidden: number
  readonly layers: number
  readonly step: number
  /** The last loss on held-out text, in nats; null if there was none. */
  readonly heldOutLoss: number | null
  readonly textName: string
  readonly bytes: number
}
