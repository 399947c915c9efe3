import { addOuterProduct, addProduct, addTransposedProduct, columns } from '../products'
import { gatesOf, sigmoid, sigmoidDerivative, tanhDerivative, type CellReference } from './cell'

/** f = σ(x W_f + b_f + h' U_f);  s = f ⊙ h';  n = tanh(x W_n + b_n + s U_n);  h = (1 − f) ⊙ h' + f ⊙ n. */
export const mgu: CellReference = {
  forward({ U }, pre, before) {
    const H = before.h.length
    const gates = pre.slice()
    const [f, n] = gatesOf(gates, H) as [Float64Array, Float64Array]
    addProduct(f, before.h, U)
    f.forEach((a, j) => (f[j] = sigmoid(a)))
    const saved = before.h.map((h, j) => f[j]! * h)
    addProduct(n, saved, columns(U, H))
    n.forEach((a, j) => (n[j] = Math.tanh(a)))
    return { gates, saved, state: { h: before.h.map((h, j) => (1 - f[j]!) * h + f[j]! * n[j]!) } }
  },
  // dn = dh ⊙ f;  ds = dn U_nᵀ;  df = dh ⊙ (n − h') + ds ⊙ h';  dh' = dh ⊙ (1 − f) + ds ⊙ f + df U_fᵀ
  // dU_f += h'ᵀ df;  dU_n += sᵀ dn
  backward({ U }, { before, step: { gates, saved }, after, sums }) {
    const H = before.h.length
    const [f, n] = gatesOf(gates, H) as [Float64Array, Float64Array]
    const pre = new Float64Array(gates.length)
    const [df, dn] = gatesOf(pre, H) as [Float64Array, Float64Array]
    const ds = new Float64Array(H)
    for (let j = 0; j < H; j++) dn[j] = after.h[j]! * f[j]! * tanhDerivative(n[j]!)
    addTransposedProduct(ds, dn, columns(U, H))
    for (let j = 0; j < H; j++) df[j] = (after.h[j]! * (n[j]! - before.h[j]!) + ds[j]! * before.h[j]!) * sigmoidDerivative(f[j]!)
    const h = after.h.map((d, j) => d * (1 - f[j]!) + ds[j]! * f[j]!)
    addTransposedProduct(h, df, U)
    addOuterProduct(sums.U, before.h, df)
    addOuterProduct(columns(sums.U, H), saved!, dn)
    return { pre, before: { h } }
  },
}
