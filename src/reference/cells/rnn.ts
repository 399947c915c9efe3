import { addOuterProduct, addProduct, addTransposedProduct } from '../products'
import { tanhDerivative, type CellReference } from './cell'

/** h = φ(x W + b + h' U); `slope`: φ' at a, from φ(a). */
const elman = (activation: (a: number) => number, slope: (y: number) => number): CellReference => ({
  forward({ U }, pre, before) {
    const gates = pre.slice()
    addProduct(gates, before.h, U)
    gates.forEach((a, j) => (gates[j] = activation(a)))
    return { gates, saved: null, state: { h: gates.slice() } }
  },
  // da = dh ⊙ φ'(a);  dU += h'ᵀ da;  dh' = da Uᵀ
  backward({ U }, { before, step: { gates }, after, sums }) {
    const pre = gates.map((y, j) => after.h[j]! * slope(y))
    const h = new Float64Array(before.h.length)
    addOuterProduct(sums.U, before.h, pre)
    addTransposedProduct(h, pre, U)
    return { pre, before: { h } }
  },
})

export const rnn = elman(Math.tanh, tanhDerivative)
export const rnnRelu = elman(
  (a) => Math.max(0, a),
  (y) => (y > 0 ? 1 : 0),
)
