// The settings of the networks that are compared, and their defaults.
import type { CellName } from 'sluice'

export type TaskName = 'adding' | 'copying' | 'text'

/** What differs between the networks: the cell, or only whether the gradient is clipped. */
export type Compare = 'cells' | 'clipping'

export interface GradientSettings {
  readonly compare: Compare
  readonly task: TaskName
  /** The plain RNN, with tanh or ReLU. */
  readonly rnn: 'rnn' | 'rnn-relu'
  /** The initial U is an orthogonal matrix times this. */
  readonly scale: number
  /** Whether the gates start with a bias to keep. */
  readonly keep: boolean
  /** T, time steps. */
  readonly steps: number
  /** Infinity for no clipping. */
  readonly clipNorm: number
  readonly optimizer: 'adam' | 'sgd'
  readonly rate: number
  readonly hidden: number
  readonly batch: number
  readonly iterations: number
  readonly seed: number
}

export const taskNames = ['adding', 'copying', 'text'] as const satisfies readonly TaskName[]

export const compares = ['cells', 'clipping'] as const satisfies readonly Compare[]

export const defaults: GradientSettings = {
  compare: 'cells',
  task: 'adding',
  rnn: 'rnn',
  scale: 0.8,
  keep: true,
  steps: 50,
  clipNorm: 1,
  optimizer: 'adam',
  rate: 0.01,
  hidden: 32,
  batch: 16,
  iterations: 1000,
  seed: 1,
}

/** A network of the comparison. */
export interface Contestant {
  readonly cell: CellName
  /** Infinity for no clipping. */
  readonly clipNorm: number
}

export function contestantsOf({ compare, rnn, clipNorm }: GradientSettings): readonly Contestant[] {
  if (compare !== 'clipping') return ([rnn, 'gru', 'lstm'] as const).map((cell) => ({ cell, clipNorm }))
  // An empty field is no clipping: the clipped one then has the usual norm.
  return [clipNorm === Infinity ? defaults.clipNorm : clipNorm, Infinity].map((norm) => ({ cell: rnn, clipNorm: norm }))
}
