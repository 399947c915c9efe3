// The table of cells. The formulas stand in shaders/lib (WGSL) and in src/reference/cells (float64).
import type { Cell } from './cell'
import { gru } from './gru'
import { gruResetAfter } from './gru-reset-after'
import { lstm } from './lstm'
import { mgu } from './mgu'
import { rnn, rnnRelu } from './rnn'

export { invocationsOf, rowForms, type Cell, type Pass, type RecurrentProduct } from './cell'

/** The recurrent cells. A name says all: there is no second switch that changes the mathematics.
 *
 * - `rnn`, `rnn-relu`: h = φ(x W + h' U + b), φ = tanh or relu.
 * - `gru`: the reset gate acts before the product, as in Dive into Deep Learning (ONNX `linear_before_reset = 0`):
 *   n = tanh(x W_n + (r ⊙ h') U_n + b_n).
 * - `gru-reset-after`: it acts after the product, as in PyTorch, cuDNN and Keras 3:
 *   n = tanh(x W_n + b_n + r ⊙ (h' U_n + b'_n)).
 * - `mgu`: the minimal gated unit, one gate for both: n = tanh(x W_n + (f ⊙ h') U_n + b_n), h = (1 − f) ⊙ h' + f ⊙ n.
 * - `lstm`: c = f ⊙ c' + i ⊙ g, h = o ⊙ tanh(c).
 */
export type CellName = keyof typeof table

const table = {
  rnn,
  'rnn-relu': rnnRelu,
  gru,
  'gru-reset-after': gruResetAfter,
  mgu,
  lstm,
} as const satisfies Readonly<Record<string, Cell>>

/** The names of the kernels, for the check that each exists. */
export type CellKernel = (typeof table)[CellName]['kernel']
/** The same of the cells that can be resident. */
export type ResidentKernel = Extract<(typeof table)[CellName], { readonly resident: true }>['kernel']

/** The cells by name. */
export const cells: Readonly<Record<CellName, Cell & { readonly kernel: CellKernel }>> = table

/** The names of all cells. */
export const cellNames = /* @__PURE__ */ Object.keys(cells) as CellName[]
