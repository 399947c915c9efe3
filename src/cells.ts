// The table of cells: everything that differs from one recurrent cell to the next and is not a formula.
// The formulas stand in shaders/cell (WGSL) and in src/reference (float64); both, the schedules and the
// file formats ask this table for the rest. It imports nothing.

/** The recurrent cells. A name says all: there is no second switch that changes the mathematics.
 *
 * - `rnn`, `rnn-relu`: h = φ(x W + h' U + b), φ = tanh or relu.
 * - `gru`: the reset gate acts before the product, as in Dive into Deep Learning (ONNX `linear_before_reset = 0`):
 *   n = tanh(x W_n + (r ⊙ h') U_n + b_n).
 * - `gru-reset-after`: it acts after the product, as in PyTorch, cuDNN and Keras 3:
 *   n = tanh(x W_n + b_n + r ⊙ (h' U_n + b'_n)).
 * - `lstm`: c = f ⊙ c' + i ⊙ g, h = o ⊙ tanh(c).
 */
export type CellName = 'rnn' | 'rnn-relu' | 'gru' | 'gru-reset-after' | 'lstm'

export interface Cell {
  /** Gates in memory order (PyTorch's). G = gates.length; W is [I, D, G, H], U is [D, H, G, H], b is [D, G, H]. */
  readonly gates: readonly string[]
  /** States carried from step to step; `h` is also the output. */
  readonly states: readonly ('h' | 'c')[]
  /** What backward needs beside gates and states, [T, B, D, H]: r ⊙ h' or h' U_n + b'_n. */
  readonly saved: 'resetState' | 'candidateProduct' | null
  /** Has b'_n, the candidate's recurrent bias [D, H], as a parameter `bn` of its own. */
  readonly recurrentBias: boolean
  /** Dependent products in one step, so dispatches a step forward and as many backward. */
  readonly products: 1 | 2
}

export const cells: Readonly<Record<CellName, Cell>> = {
  rnn: { gates: ['h'], states: ['h'], saved: null, recurrentBias: false, products: 1 },
  'rnn-relu': { gates: ['h'], states: ['h'], saved: null, recurrentBias: false, products: 1 },
  gru: { gates: ['r', 'z', 'n'], states: ['h'], saved: 'resetState', recurrentBias: false, products: 2 },
  'gru-reset-after': { gates: ['r', 'z', 'n'], states: ['h'], saved: 'candidateProduct', recurrentBias: true, products: 1 },
  lstm: { gates: ['i', 'f', 'g', 'o'], states: ['h', 'c'], saved: null, recurrentBias: false, products: 1 },
}

export const cellNames = Object.keys(cells) as CellName[]
