// One step of every cell, forward and backward, for one sequence and one direction.
//
// x is a row vector; h' and c' are the states before the step, ⊙ multiplies element by element, σ is the logistic
// function. `pre` is what the input brings, x W + b, for all gates [G, H]. A gradient dv is dL/dv.
import { cells, type CellName } from '../cells'
import { add, addOuterProduct, addProduct, addTransposedProduct, columns, type Matrix } from './products'

export interface State {
  readonly h: Float64Array
  /** LSTM only. */
  readonly c?: Float64Array
}

export interface Step {
  /** Gates after their activations, [G, H], in the order of src/cells.ts. */
  readonly gates: Float64Array
  /** s = r ⊙ h' or s = h' U_n + b'_n (`saved` in src/cells.ts), [H]. */
  readonly saved: Float64Array | null
  /** States after the step, each [H]. */
  readonly state: State
}

export interface RecurrentWeights {
  /** U, [H, G·H]. */
  readonly U: Matrix
  /** b'_n, [H]; null where the cell or the layer has none. */
  readonly bn: Float64Array | null
  /** Peepholes of i f o, [3, H]; null where the layer has none. */
  readonly p?: Float64Array | null
}

export interface StepGradient {
  /** dL/d(x W + b), [G, H]. */
  readonly pre: Float64Array
  /** dL/dh' and dL/dc'. */
  readonly before: State
}

const sigmoid = (a: number) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a)))

export function stepForward(cell: CellName, { U, bn, p }: RecurrentWeights, pre: Float64Array, before: State): Step {
  const H = before.h.length
  const a = pre.slice() // becomes the gates
  const h = new Float64Array(H)

  if (cell === 'rnn' || cell === 'rnn-relu') {
    // h = φ(x W + b + h' U)
    addProduct(a, before.h, U)
    for (let j = 0; j < H; j++) h[j] = a[j] = cell === 'rnn' ? Math.tanh(a[j]!) : Math.max(0, a[j]!)
    return { gates: a, saved: null, state: { h } }
  }

  if (cell === 'lstm') {
    // i, f, o = σ(x W + b + h' U), g = tanh(x W + b + h' U);  c = f ⊙ c' + i ⊙ g;  h = o ⊙ tanh(c)
    // Peepholes add p_i ⊙ c' and p_f ⊙ c' within i and f, p_o ⊙ c within o (Gers, Schraudolph and Schmidhuber 2002).
    const peep = (gate: number, j: number, cell: number) => (p ? p[gate * H + j]! * cell : 0)
    const c = new Float64Array(H)
    addProduct(a, before.h, U)
    for (let j = 0; j < H; j++) {
      const i = (a[j] = sigmoid(a[j]! + peep(0, j, before.c![j]!)))
      const f = (a[H + j] = sigmoid(a[H + j]! + peep(1, j, before.c![j]!)))
      const g = (a[2 * H + j] = Math.tanh(a[2 * H + j]!))
      c[j] = f * before.c![j]! + i * g
      const o = (a[3 * H + j] = sigmoid(a[3 * H + j]! + peep(2, j, c[j]!)))
      h[j] = o * Math.tanh(c[j]!)
    }
    return { gates: a, saved: null, state: { h, c } }
  }

  // r, z = σ(x W + b + h' U)
  addProduct(a.subarray(0, 2 * H), before.h, U)
  for (let j = 0; j < 2 * H; j++) a[j] = sigmoid(a[j]!)
  const [r, z, n] = [a.subarray(0, H), a.subarray(H, 2 * H), a.subarray(2 * H)]
  const s = new Float64Array(H)
  if (cell === 'gru') {
    // s = r ⊙ h';  n = tanh(x W_n + b_n + s U_n)
    for (let j = 0; j < H; j++) s[j] = r[j]! * before.h[j]!
    addProduct(n, s, columns(U, 2 * H))
  } else {
    // s = h' U_n + b'_n;  n = tanh(x W_n + b_n + r ⊙ s)
    if (bn) s.set(bn)
    addProduct(s, before.h, columns(U, 2 * H))
    for (let j = 0; j < H; j++) n[j]! += r[j]! * s[j]!
  }
  // h = z ⊙ h' + (1 − z) ⊙ n
  for (let j = 0; j < H; j++) {
    n[j] = Math.tanh(n[j]!)
    h[j] = z[j]! * before.h[j]! + (1 - z[j]!) * n[j]!
  }
  return { gates: a, saved: s, state: { h } }
}

/** From dL/dh and dL/dc after the step to those before it. Adds the step's part to the gradients of U, b'_n and p. */
export function stepBackward(
  cell: CellName,
  { U, p }: RecurrentWeights,
  before: State,
  step: Step,
  after: State,
  sums: RecurrentWeights,
): StepGradient {
  const H = before.h.length
  const { gates, saved } = step
  const pre = new Float64Array(gates.length)
  const dh = new Float64Array(H) // of h'

  if (cell === 'rnn' || cell === 'rnn-relu') {
    // da = dh ⊙ φ'(a);  dU += h'ᵀ da;  dh' = da Uᵀ
    for (let j = 0; j < H; j++) pre[j] = after.h[j]! * (cell === 'rnn' ? 1 - gates[j]! ** 2 : gates[j]! > 0 ? 1 : 0)
    addOuterProduct(sums.U, before.h, pre)
    addTransposedProduct(dh, pre, U)
    return { pre, before: { h: dh } }
  }

  if (cell === 'lstm') {
    // (with peepholes dc += do ⊙ p_o, and dc' += di ⊙ p_i + df ⊙ p_f)
    // dc += dh ⊙ o ⊙ (1 − tanh²(c));  do = dh ⊙ tanh(c);  di = dc ⊙ g;  dg = dc ⊙ i;  df = dc ⊙ c';  dc' = dc ⊙ f
    const dc = new Float64Array(H) // of c'
    for (let j = 0; j < H; j++) {
      const [i, f, g, o] = [gates[j]!, gates[H + j]!, gates[2 * H + j]!, gates[3 * H + j]!]
      const tanhC = Math.tanh(step.state.c![j]!)
      pre[3 * H + j] = after.h[j]! * tanhC * o * (1 - o)
      const dcj = after.c![j]! + after.h[j]! * o * (1 - tanhC ** 2) + (p ? pre[3 * H + j]! * p[2 * H + j]! : 0)
      pre[j] = dcj * g * i * (1 - i)
      pre[H + j] = dcj * before.c![j]! * f * (1 - f)
      pre[2 * H + j] = dcj * i * (1 - g ** 2)
      dc[j] = dcj * f + (p ? pre[j]! * p[j]! + pre[H + j]! * p[H + j]! : 0)
      if (sums.p) {
        sums.p[j]! += pre[j]! * before.c![j]!
        sums.p[H + j]! += pre[H + j]! * before.c![j]!
        sums.p[2 * H + j]! += pre[3 * H + j]! * step.state.c![j]!
      }
    }
    addOuterProduct(sums.U, before.h, pre)
    addTransposedProduct(dh, pre, U)
    return { pre, before: { h: dh, c: dc } }
  }

  // dz = dh ⊙ (h' − n);  dn = dh ⊙ (1 − z);  dh' = dh ⊙ z + …
  const [r, z, n] = [gates.subarray(0, H), gates.subarray(H, 2 * H), gates.subarray(2 * H)]
  const [dr, dz, dn] = [pre.subarray(0, H), pre.subarray(H, 2 * H), pre.subarray(2 * H)] // of the pre-activations
  const s = saved!
  const ds = new Float64Array(H)
  for (let j = 0; j < H; j++) {
    dz[j] = after.h[j]! * (before.h[j]! - n[j]!) * z[j]! * (1 - z[j]!)
    dn[j] = after.h[j]! * (1 - z[j]!) * (1 - n[j]! ** 2)
    dh[j] = after.h[j]! * z[j]!
  }
  if (cell === 'gru') {
    // ds = dn U_nᵀ;  dU_n += sᵀ dn;  dr = ds ⊙ h';  dh' += ds ⊙ r
    addTransposedProduct(ds, dn, columns(U, 2 * H))
    addOuterProduct(columns(sums.U, 2 * H), s, dn)
    for (let j = 0; j < H; j++) {
      dr[j] = ds[j]! * before.h[j]! * r[j]! * (1 - r[j]!)
      dh[j]! += ds[j]! * r[j]!
    }
  } else {
    // ds = dn ⊙ r;  dr = dn ⊙ s;  dU_n += h'ᵀ ds;  db'_n += ds;  dh' += ds U_nᵀ
    for (let j = 0; j < H; j++) {
      ds[j] = dn[j]! * r[j]!
      dr[j] = dn[j]! * s[j]! * r[j]! * (1 - r[j]!)
    }
    addOuterProduct(columns(sums.U, 2 * H), before.h, ds)
    addTransposedProduct(dh, ds, columns(U, 2 * H))
    if (sums.bn) add(sums.bn, ds)
  }
  // dU_r, dU_z += h'ᵀ dr, h'ᵀ dz;  dh' += dr U_rᵀ + dz U_zᵀ
  const gated = pre.subarray(0, 2 * H)
  addOuterProduct(sums.U, before.h, gated)
  addTransposedProduct(dh, gated, U)
  return { pre, before: { h: dh } }
}

/** Zero states of the given size. */
export const zeroState = (cell: CellName, size: number): State =>
  cells[cell].states.includes('c') ? { h: new Float64Array(size), c: new Float64Array(size) } : { h: new Float64Array(size) }
