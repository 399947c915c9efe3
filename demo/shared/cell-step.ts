// One step of a cell, unit by unit, as products and a sum: what the diagram of the X-ray shows.
import type { CellName } from 'sluice'

/** A value of the step. `signed` values lie around zero, others are gates in 0 … 1. */
export interface Part {
  readonly symbol: string
  readonly value: number
  readonly signed: boolean
}

/** a × b = product. */
export interface Product {
  /** What the product is for. */
  readonly role: 'seen' | 'kept' | 'written' | 'shown'
  readonly a: Part
  readonly b: Part
  readonly product: Part
}

export interface UnitStep {
  readonly products: readonly Product[]
  /** kept + written = the new state or memory; null for a cell without gates. */
  readonly sum: { readonly kept: Part; readonly written: Part; readonly state: Part } | null
  /** The state after the step. */
  readonly h: Part
}

/** The equations of a step, in the notation of math.tsx. */
export const equationsOf: Readonly<Record<CellName, readonly string[]>> = {
  rnn: ['h_t = tanh (x_t W + h_{t−1} U + b)'],
  'rnn-relu': ['h_t = relu (x_t W + h_{t−1} U + b)'],
  gru: ['r_t, z_t = σ(x_t W + h_{t−1} U + b)', 'n_t = tanh (x_t W_n + (r_t ⊙ h_{t−1}) U_n + b_n)', 'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t'],
  'gru-reset-after': [
    'r_t, z_t = σ(x_t W + h_{t−1} U + b)',
    'n_t = tanh (x_t W_n + b_n + r_t ⊙ (h_{t−1} U_n + b_n^′))',
    'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t',
  ],
  mgu: ['f_t = σ(x_t W + h_{t−1} U + b)', 'n_t = tanh (x_t W_n + (f_t ⊙ h_{t−1}) U_n + b_n)', 'h_t = (1 − f_t) ⊙ h_{t−1} + f_t ⊙ n_t'],
  lstm: ['i_t, f_t, o_t = σ(x_t W + h_{t−1} U + b)', 'g_t = tanh (x_t W + h_{t−1} U + b)', 'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t', 'h_t = o_t ⊙ tanh (c_t)'],
}

const signed = (symbol: string, value: number): Part => ({ symbol, value, signed: true })
const gate = (symbol: string, value: number): Part => ({ symbol, value, signed: false })
const product = (role: Product['role'], a: Part, b: Part, symbol: string): Product => ({ role, a, b, product: signed(symbol, a.value * b.value) })

/** @param at the value of a state or gate of the unit after this step; @param before that of a state after the step before */
export function unitStep(cell: CellName, at: (name: string) => number, before: (state: 'h' | 'c') => number): UnitStep {
  const h = signed('h', at('h'))
  if (cell === 'rnn' || cell === 'rnn-relu') return { products: [], sum: null, h }
  if (cell === 'lstm') {
    const kept = product('kept', signed('c′', before('c')), gate('f', at('f')), 'f ⊙ c′')
    const written = product('written', signed('g', at('g')), gate('i', at('i')), 'i ⊙ g')
    const shown = product('shown', signed('tanh c', Math.tanh(at('c'))), gate('o', at('o')), 'h')
    return { products: [kept, written, shown], sum: { kept: kept.product, written: written.product, state: signed('c', at('c')) }, h }
  }
  const old = signed('h′', before('h'))
  const [keep, write, see] =
    cell === 'mgu' ? [gate('1 − f', 1 - at('f')), gate('f', at('f')), gate('f', at('f'))] : [gate('z', at('z')), gate('1 − z', 1 - at('z')), gate('r', at('r'))]
  // After the product, the reset gate acts on what no trace has.
  const seen = cell === 'gru-reset-after' ? [] : [product('seen', old, see, `${see.symbol} ⊙ h′`)]
  const kept = product('kept', old, keep, 'kept')
  const written = product('written', signed('n', at('n')), write, 'new')
  return { products: [...seen, kept, written], sum: { kept: kept.product, written: written.product, state: h }, h }
}
