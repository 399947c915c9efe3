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
  gru: [
    'r_t = σ(x_t W_r + h_{t−1} U_r + b_r)',
    'z_t = σ(x_t W_z + h_{t−1} U_z + b_z)',
    'n_t = tanh (x_t W_n + (r_t ⊙ h_{t−1}) U_n + b_n)',
    'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t',
  ],
  'gru-reset-after': [
    'r_t = σ(x_t W_r + h_{t−1} U_r + b_r)',
    'z_t = σ(x_t W_z + h_{t−1} U_z + b_z)',
    'n_t = tanh (x_t W_n + b_n + r_t ⊙ (h_{t−1} U_n + b_n^′))',
    'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t',
  ],
  mgu: ['f_t = σ(x_t W_f + h_{t−1} U_f + b_f)', 'n_t = tanh (x_t W_n + (f_t ⊙ h_{t−1}) U_n + b_n)', 'h_t = (1 − f_t) ⊙ h_{t−1} + f_t ⊙ n_t'],
  lstm: [
    'i_t = σ(x_t W_i + h_{t−1} U_i + b_i)',
    'f_t = σ(x_t W_f + h_{t−1} U_f + b_f)',
    'g_t = tanh (x_t W_g + h_{t−1} U_g + b_g)',
    'o_t = σ(x_t W_o + h_{t−1} U_o + b_o)',
    'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t',
    'h_t = o_t ⊙ tanh (c_t)',
  ],
}

const signed = (symbol: string, value: number): Part => ({ symbol, value, signed: true })
const gate = (symbol: string, value: number): Part => ({ symbol, value, signed: false })
const product = (role: Product['role'], a: Part, b: Part, symbol: string): Product => ({ role, a, b, product: signed(symbol, a.value * b.value) })

type At = (name: string) => number
type Before = (state: 'h' | 'c') => number

const ungated = (at: At): UnitStep => ({ products: [], sum: null, h: signed('h', at('h')) })

/** The new state is a part of the old one and a part of the candidate.
 * @param see the gate of what the candidate sees of the old state; null where it acts on what no trace has */
function blend(at: At, before: Before, { keep, write, see }: { keep: Part; write: Part; see: Part | null }): UnitStep {
  const [h, old] = [signed('h', at('h')), signed('h′', before('h'))]
  const kept = product('kept', old, keep, 'kept')
  const written = product('written', signed('n', at('n')), write, 'new')
  return {
    products: [...(see ? [product('seen', old, see, `${see.symbol} ⊙ h′`)] : []), kept, written],
    sum: { kept: kept.product, written: written.product, state: h },
    h,
  }
}

const keepAndWrite = (at: At) => ({ keep: gate('z', at('z')), write: gate('1 − z', 1 - at('z')) })

/** A new cell does not compile until its diagram is described here. */
const steps: Readonly<Record<CellName, (at: At, before: Before) => UnitStep>> = {
  rnn: ungated,
  'rnn-relu': ungated,
  gru: (at, before) => blend(at, before, { ...keepAndWrite(at), see: gate('r', at('r')) }),
  // Its reset gate multiplies h′ U_n.
  'gru-reset-after': (at, before) => blend(at, before, { ...keepAndWrite(at), see: null }),
  mgu: (at, before) => blend(at, before, { keep: gate('1 − f', 1 - at('f')), write: gate('f', at('f')), see: gate('f', at('f')) }),
  lstm(at, before) {
    const kept = product('kept', signed('c′', before('c')), gate('f', at('f')), 'f ⊙ c′')
    const written = product('written', signed('g', at('g')), gate('i', at('i')), 'i ⊙ g')
    const shown = product('shown', signed('tanh c', Math.tanh(at('c'))), gate('o', at('o')), 'h')
    return {
      products: [kept, written, shown],
      sum: { kept: kept.product, written: written.product, state: signed('c', at('c')) },
      h: signed('h', at('h')),
    }
  },
}

/** @param at the value of a state or gate of the unit after this step; @param before that of a state after the step before */
export const unitStep = (cell: CellName, at: At, before: Before): UnitStep => steps[cell](at, before)
