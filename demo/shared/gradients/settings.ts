// The settings of the three networks, and their defaults.
export type TaskName = 'adding' | 'copying' | 'text'

export interface GradientSettings {
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

export const defaults: GradientSettings = {
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
