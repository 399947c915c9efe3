import { add, addOuterProduct, addProduct, addTransposedProduct, columns } from '../products'
import { gatesOf, usual, type CellReference } from './cell'

/** r z = σ(x W + b + h' U);  h = z ⊙ h' + (1 − z) ⊙ n; and with the reset gate before the product
 *   s = r ⊙ h';  n = tanh(x W_n + b_n + s U_n)
 * or after it
 *   s = h' U_n + b'_n;  n = tanh(x W_n + b_n + r ⊙ s). */
const gatedUnit = (resetAfter: boolean): CellReference => ({
  forward({ U, bn, functions: { gate, candidate } = usual }, pre, before) {
    const H = before.h.length
    const gates = pre.slice()
    const [r, z, n] = gatesOf(gates, H) as [Float64Array, Float64Array, Float64Array]
    const [s, h] = [new Float64Array(H), new Float64Array(H)]
    addProduct(gates.subarray(0, 2 * H), before.h, U)
    for (let j = 0; j < 2 * H; j++) gates[j] = gate.of(gates[j]!)
    if (resetAfter) {
      if (bn) s.set(bn)
      addProduct(s, before.h, columns(U, 2 * H))
      for (let j = 0; j < H; j++) n[j]! += r[j]! * s[j]!
    } else {
      for (let j = 0; j < H; j++) s[j] = r[j]! * before.h[j]!
      addProduct(n, s, columns(U, 2 * H))
    }
    for (let j = 0; j < H; j++) {
      n[j] = candidate.of(n[j]!)
      h[j] = z[j]! * before.h[j]! + (1 - z[j]!) * n[j]!
    }
    return { gates, saved: s, state: { h } }
  },
  // dz = dh ⊙ (h' − n);  dn = dh ⊙ (1 − z);  dh' = dh ⊙ z + …
  backward({ U, functions: { gate, candidate } = usual }, { before, step: { gates, saved }, after, sums }) {
    const H = before.h.length
    const [r, z, n] = gatesOf(gates, H) as [Float64Array, Float64Array, Float64Array]
    const pre = new Float64Array(gates.length)
    const [dr, dz, dn] = gatesOf(pre, H) as [Float64Array, Float64Array, Float64Array]
    const s = saved!
    const [h, ds] = [new Float64Array(H), new Float64Array(H)] // gradients of h' and s
    for (let j = 0; j < H; j++) {
      dz[j] = after.h[j]! * (before.h[j]! - n[j]!) * gate.derivative(z[j]!)
      dn[j] = after.h[j]! * (1 - z[j]!) * candidate.derivative(n[j]!)
      h[j] = after.h[j]! * z[j]!
    }
    if (resetAfter) {
      // ds = dn ⊙ r;  dr = dn ⊙ s;  dU_n += h'ᵀ ds;  db'_n += ds;  dh' += ds U_nᵀ
      for (let j = 0; j < H; j++) {
        ds[j] = dn[j]! * r[j]!
        dr[j] = dn[j]! * s[j]! * gate.derivative(r[j]!)
      }
      addOuterProduct(columns(sums.U, 2 * H), before.h, ds)
      addTransposedProduct(h, ds, columns(U, 2 * H))
      if (sums.bn) add(sums.bn, ds)
    } else {
      // ds = dn U_nᵀ;  dU_n += sᵀ dn;  dr = ds ⊙ h';  dh' += ds ⊙ r
      addTransposedProduct(ds, dn, columns(U, 2 * H))
      addOuterProduct(columns(sums.U, 2 * H), s, dn)
      for (let j = 0; j < H; j++) {
        dr[j] = ds[j]! * before.h[j]! * gate.derivative(r[j]!)
        h[j]! += ds[j]! * r[j]!
      }
    }
    // dU_r, dU_z += h'ᵀ dr, h'ᵀ dz;  dh' += dr U_rᵀ + dz U_zᵀ
    const gated = pre.subarray(0, 2 * H)
    addOuterProduct(sums.U, before.h, gated)
    addTransposedProduct(h, gated, U)
    return { pre, before: { h } }
  },
})

export const gru = gatedUnit(false)
export const gruResetAfter = gatedUnit(true)
