// The settings of a race, and their defaults.
import { presets, wordsOf, type Task } from './lanes'

export interface RaceSettings {
  readonly task: Task
  /** In the notation of lanes.ts. */
  readonly lanes: string
  /** Weights per network; Infinity for an automatic number. */
  readonly budget: number
  readonly rate: number
  /** Infinity for no clipping. */
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
