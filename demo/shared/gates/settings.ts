// The networks of the lesson of the gates: a GRU and an LSTM on each of two tasks.
import type { CellName } from 'sluice'

/** short: the mean of the last two numbers; long: the first number of the piece. Both are asked after every number but the first. */
export type TaskKind = 'short' | 'long'
export const kinds = ['short', 'long'] as const satisfies readonly TaskKind[]

export interface GateSettings {
  readonly hidden: number
  /** T, numbers of a sequence. */
  readonly steps: number
  readonly batch: number
  readonly rate: number
  readonly iterations: number
  readonly seed: number
}

export const defaults: GateSettings = { hidden: 8, steps: 36, batch: 32, rate: 0.03, iterations: 200, seed: 1 }

export interface Contestant {
  readonly kind: TaskKind
  readonly cell: Extract<CellName, 'gru' | 'lstm'>
}

export const contestants: readonly Contestant[] = kinds.flatMap((kind): Contestant[] => [
  { kind, cell: 'gru' },
  { kind, cell: 'lstm' },
])

/** The gates that are shown of a cell: the one that keeps comes last. */
export const shownGates = { gru: ['r', 'z'], lstm: ['f'] } as const
export type ShownGate = (typeof shownGates)[keyof typeof shownGates][number]
