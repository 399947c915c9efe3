import { addOuterProduct, addProduct, addTransposedProduct } from '../products'
import { relu, usual, type Activation, type CellReference } from './cell'

/** h = φ(x W + b + h' U). */
const elman = ({ of, derivative }: Activation): CellReference => ({
  forward({ U }, pre, before) {
    const gates = pre.slice()
    addProduct(gates, before.h, U)
    gates.forEach((a, j) => (gates[j] = of(a)))
    return { gates, saved: null, state: { h: gates.slice() } }
  },
  // da = dh ⊙ φ'(a);  dU += h'ᵀ da;  dh' = da Uᵀ
  backward({ U }, { before, step: { gates }, after, sums }) {
    const pre = gates.map((y, j) => after.h[j]! * derivative(y))
    const h = new Float64Array(before.h.length)
    addOuterProduct(sums.U, before.h, pre)
    addTransposedProduct(h, pre, U)
    return { pre, before: { h } }
  },
})

export const rnn = elman(usual.candidate)
export const rnnRelu = elman(relu)
