// What a race is set to, and its defaults.
import { presets, wordsOf, type Task } from './lanes'

export interface RaceSettings {
  readonly task: Task
  /** As in lanes.ts. */
  readonly lanes: string
  /** Weights that each network is to have; Infinity for what suits the text. */
  readonly budget: number
  readonly rate: number
  /** Infinity for none. */
  readonly clipNorm: number
  readonly batch: number
  readonly steps: number
  /** Training steps of each contestant. */
  readonly iterations: number
  readonly seed: number
}

export const defaults: RaceSettings = {
  task: presets.cells.task,
  lanes: wordsOf(presets.cells.lanes),
  budget: Infinity,
  rate: 0.01,
  clipNorm: 1,
  batch: 16,
  steps: 32,
  iterations: 800,
  seed: 0,
}
