// How the gradient goes back through one step of a cell, path by path: in float64, from the gates that were stored on the way forward.
import { cells, type CellName } from 'sluice'

type Values = ArrayLike<number>

/** A step that was taken. */
export interface StepTaken {
  /** The gates after their activations by name, each [H]. */
  readonly gates: (name: string) => Values
  /** States before the step, each [H]. */
  readonly before: { readonly h: Values; readonly c?: Values | undefined }
  /** States after it, each [H]. */
  readonly after: { readonly h: Values; readonly c?: Values | undefined }
}

/** dL/dh and dL/dc after the step, over all their uses, each [H]. */
export interface StepGradient {
  readonly h: Values
  readonly c?: Values | undefined
}

/** What reaches a state before the step along one path, [H]. */
export interface PathBack {
  /** The gate or candidate that it goes through; `kept` goes through none. The one path of an RNN goes through `h`. */
  readonly through: string
  readonly to: 'h' | 'c'
  readonly values: Float64Array
}

/** The paths of the gradient from the states after a step to those before it. Those to h add up to the gradient of h before the step,
 * but for what else is made of that h.
 * @param weights U [H, G, H], and of a `gru-reset-after` bn [H] */
export function pathsBack(cell: CellName, weights: { readonly U: Values; readonly bn?: Values | undefined }, step: StepTaken, d: StepGradient): PathBack[] {
  const { gates: names } = cells[cell]
  const { before, after } = step
  const H = before.h.length
  const rows = names.length * H
  const each = (f: (j: number) => number) => Float64Array.from({ length: H }, (_, j) => f(j))
  /** pre Uᵀ, with the part of U of a gate. */
  const product = (gate: string, pre: Values) => {
    const first = (names as readonly string[]).indexOf(gate) * H
    return each((k) => {
      let sum = 0
      for (let j = 0; j < H; j++) sum += pre[j]! * weights.U[k * rows + first + j]!
      return sum
    })
  }
  const through = (gate: string, pre: Values): PathBack => ({ through: gate, to: 'h', values: product(gate, pre) })
  const kept = (to: 'h' | 'c', f: (j: number) => number): PathBack => ({ through: 'kept', to, values: each(f) })
  const slope = (gate: Values, j: number) => gate[j]! * (1 - gate[j]!)

  if (cell === 'rnn')
    return [
      through(
        'h',
        each((j) => d.h[j]! * (1 - after.h[j]! ** 2)),
      ),
    ]
  if (cell === 'rnn-relu')
    return [
      through(
        'h',
        each((j) => (after.h[j]! > 0 ? d.h[j]! : 0)),
      ),
    ]
  if (cell === 'lstm') {
    const [i, f, g, o] = ['i', 'f', 'g', 'o'].map(step.gates) as [Values, Values, Values, Values]
    return [
      kept('c', (j) => d.c![j]! * f[j]!),
      through(
        'i',
        each((j) => d.c![j]! * g[j]! * slope(i, j)),
      ),
      through(
        'f',
        each((j) => d.c![j]! * before.c![j]! * slope(f, j)),
      ),
      through(
        'g',
        each((j) => d.c![j]! * i[j]! * (1 - g[j]! ** 2)),
      ),
      through(
        'o',
        each((j) => d.h[j]! * Math.tanh(after.c![j]!) * slope(o, j)),
      ),
    ]
  }
  const n = step.gates('n')
  if (cell === 'mgu') {
    const f = step.gates('f')
    const seen = product(
      'n',
      each((j) => d.h[j]! * f[j]! * (1 - n[j]! ** 2)),
    ) // the gradient of f ⊙ h'
    return [
      kept('h', (j) => d.h[j]! * (1 - f[j]!)),
      { through: 'n', to: 'h', values: each((j) => seen[j]! * f[j]!) },
      through(
        'f',
        each((j) => (d.h[j]! * (n[j]! - before.h[j]!) + seen[j]! * before.h[j]!) * slope(f, j)),
      ),
    ]
  }
  const [r, z] = [step.gates('r'), step.gates('z')]
  const pre = each((j) => d.h[j]! * (1 - z[j]!) * (1 - n[j]! ** 2)) // the gradient of what the tanh takes
  const paths = [kept('h', (j) => d.h[j]! * z[j]!)]
  if (cell === 'gru-reset-after') {
    // h' U_n + b'_n, which the reset gate multiplies
    const multiplied = each((j) => {
      let sum = weights.bn?.[j] ?? 0
      for (let k = 0; k < H; k++) sum += before.h[k]! * weights.U[k * rows + 2 * H + j]!
      return sum
    })
    paths.push(
      through(
        'n',
        each((j) => pre[j]! * r[j]!),
      ),
      through(
        'r',
        each((j) => pre[j]! * multiplied[j]! * slope(r, j)),
      ),
    )
  } else {
    const seen = product('n', pre) // the gradient of r ⊙ h'
    paths.push(
      { through: 'n', to: 'h', values: each((j) => seen[j]! * r[j]!) },
      through(
        'r',
        each((j) => seen[j]! * before.h[j]! * slope(r, j)),
      ),
    )
  }
  return [
    ...paths,
    through(
      'z',
      each((j) => d.h[j]! * (before.h[j]! - n[j]!) * slope(z, j)),
    ),
  ]
}
