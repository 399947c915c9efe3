import { addOuterProduct, addProduct, addTransposedProduct } from '../products'
import { gatesOf, usual, type CellReference } from './cell'

/** i f o = σ(x W + b + h' U), g = tanh(x W + b + h' U);  c = f ⊙ c' + i ⊙ g;  h = m = o ⊙ tanh(c), or h = m R with a projection (Sak et al. 2014).
 * Peepholes add p_i ⊙ c' and p_f ⊙ c' within i and f, p_o ⊙ c within o (Gers, Schraudolph and Schmidhuber 2002). */
export const lstm: CellReference = {
  forward({ U, p, R, functions: { gate, candidate } = usual }, pre, before) {
    const H = before.c!.length
    const gates = pre.slice()
    addProduct(gates, before.h, U)
    const [i, f, g, o] = gatesOf(gates, H) as [Float64Array, Float64Array, Float64Array, Float64Array]
    const [c, m] = [new Float64Array(H), new Float64Array(H)]
    const peep = (row: number, j: number, cell: number) => (p ? p[row * H + j]! * cell : 0)
    for (let j = 0; j < H; j++) {
      const old = before.c![j]!
      i[j] = gate.of(i[j]! + peep(0, j, old))
      f[j] = gate.of(f[j]! + peep(1, j, old))
      g[j] = candidate.of(g[j]!)
      c[j] = f[j]! * old + i[j]! * g[j]!
      o[j] = gate.of(o[j]! + peep(2, j, c[j]!))
      m[j] = o[j]! * candidate.of(c[j]!)
    }
    const h = R ? new Float64Array(before.h.length) : m
    if (R) addProduct(h, m, R)
    return { gates, saved: null, state: { h, c } }
  },
  // dm = dh, or dh Rᵀ and dR += mᵀ dh;  do = dm ⊙ tanh(c);  dc += dm ⊙ o ⊙ (1 − tanh²(c)) [+ do ⊙ p_o];  di = dc ⊙ g;  df = dc ⊙ c';  dg = dc ⊙ i
  // dc' = dc ⊙ f [+ di ⊙ p_i + df ⊙ p_f];  dU += h'ᵀ d(i f g o);  dh' = d(i f g o) Uᵀ
  backward({ U, p, R, functions: { gate, candidate } = usual }, { before, step: { gates, state }, after, sums }) {
    const H = before.c!.length
    const pre = new Float64Array(gates.length)
    const [c, h] = [new Float64Array(H), new Float64Array(before.h.length)] // gradients of c' and h'
    const m = Float64Array.from({ length: H }, (_, j) => gates[3 * H + j]! * candidate.of(state.c![j]!))
    const dm = R ? new Float64Array(H) : after.h
    if (R) addTransposedProduct(dm, after.h, R)
    if (sums.R) addOuterProduct(sums.R, m, after.h)
    for (let j = 0; j < H; j++) {
      const [i, f, g, o] = [gates[j]!, gates[H + j]!, gates[2 * H + j]!, gates[3 * H + j]!]
      const old = before.c![j]!
      const tanhC = candidate.of(state.c![j]!)
      const d_o = dm[j]! * tanhC * gate.derivative(o)
      const dc = after.c![j]! + dm[j]! * o * candidate.derivative(tanhC) + (p ? d_o * p[2 * H + j]! : 0)
      const di = dc * g * gate.derivative(i)
      const df = dc * old * gate.derivative(f)
      pre[j] = di
      pre[H + j] = df
      pre[2 * H + j] = dc * i * candidate.derivative(g)
      pre[3 * H + j] = d_o
      c[j] = dc * f + (p ? di * p[j]! + df * p[H + j]! : 0)
      if (sums.p) {
        sums.p[j]! += di * old
        sums.p[H + j]! += df * old
        sums.p[2 * H + j]! += d_o * state.c![j]!
      }
    }
    addOuterProduct(sums.U, before.h, pre)
    addTransposedProduct(h, pre, U)
    return { pre, before: { h, c } }
  },
}
