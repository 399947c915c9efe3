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

/** U [H, G, H], and of a `gru-reset-after` bn [H]. */
interface Weights {
  readonly U: Values
  readonly bn?: Values | undefined
}

/** What the paths of a cell are computed with. */
interface Step {
  readonly taken: StepTaken
  readonly d: StepGradient
  /** [H] */
  readonly each: (f: (j: number) => number) => Float64Array
  /** pre Uᵀ, with the part of U of a gate. */
  readonly product: (gate: string, pre: Values) => Float64Array
  /** The path through a gate, whose pre-activation has the gradient f. */
  readonly through: (gate: string, f: (j: number) => number) => PathBack
  readonly kept: (to: 'h' | 'c', f: (j: number) => number) => PathBack
  /** h' U + b'_n of a gate, element j. */
  readonly multiplied: (gate: string, j: number) => number
}

/** The derivative of σ, by its value. */
const slope = (gate: Values, j: number) => gate[j]! * (1 - gate[j]!)

/** The paths through the reset gate and the candidate of a GRU differ by the form. */
function gruPaths({ taken, d, each, kept, through }: Step, candidate: (pre: Values, r: Values) => PathBack[]): PathBack[] {
  const [r, z, n] = ['r', 'z', 'n'].map(taken.gates) as [Values, Values, Values]
  const pre = each((j) => d.h[j]! * (1 - z[j]!) * (1 - n[j]! ** 2)) // the gradient of what the tanh takes
  return [kept('h', (j) => d.h[j]! * z[j]!), ...candidate(pre, r), through('z', (j) => d.h[j]! * (taken.before.h[j]! - n[j]!) * slope(z, j))]
}

/** A new cell does not compile until its paths are described here. */
const paths: Readonly<Record<CellName, (step: Step) => PathBack[]>> = {
  rnn: ({ taken, d, through }) => [through('h', (j) => d.h[j]! * (1 - taken.after.h[j]! ** 2))],
  'rnn-relu': ({ taken, d, through }) => [through('h', (j) => (taken.after.h[j]! > 0 ? d.h[j]! : 0))],
  gru: (step) =>
    gruPaths(step, (pre, r) => {
      const seen = step.product('n', pre) // the gradient of r ⊙ h'
      return [{ through: 'n', to: 'h', values: step.each((j) => seen[j]! * r[j]!) }, step.through('r', (j) => seen[j]! * step.taken.before.h[j]! * slope(r, j))]
    }),
  'gru-reset-after': (step) =>
    gruPaths(step, (pre, r) => [step.through('n', (j) => pre[j]! * r[j]!), step.through('r', (j) => pre[j]! * step.multiplied('n', j) * slope(r, j))]),
  mgu({ taken, d, each, product, through, kept }) {
    const [f, n] = [taken.gates('f'), taken.gates('n')]
    const old = taken.before.h
    const pre = each((j) => d.h[j]! * f[j]! * (1 - n[j]! ** 2))
    const seen = product('n', pre) // the gradient of f ⊙ h'
    return [
      kept('h', (j) => d.h[j]! * (1 - f[j]!)),
      { through: 'n', to: 'h', values: each((j) => seen[j]! * f[j]!) },
      through('f', (j) => (d.h[j]! * (n[j]! - old[j]!) + seen[j]! * old[j]!) * slope(f, j)),
    ]
  },
  lstm({ taken, d, through, kept }) {
    const [i, f, g, o] = ['i', 'f', 'g', 'o'].map(taken.gates) as [Values, Values, Values, Values]
    return [
      kept('c', (j) => d.c![j]! * f[j]!),
      through('i', (j) => d.c![j]! * g[j]! * slope(i, j)),
      through('f', (j) => d.c![j]! * taken.before.c![j]! * slope(f, j)),
      through('g', (j) => d.c![j]! * i[j]! * (1 - g[j]! ** 2)),
      through('o', (j) => d.h[j]! * Math.tanh(taken.after.c![j]!) * slope(o, j)),
    ]
  },
}

/** The paths of the gradient from the states after a step to those before it. Those to h add up to the gradient of h before the step,
 * but for what else is made of that h. */
export function pathsBack(cell: CellName, { U, bn }: Weights, taken: StepTaken, d: StepGradient): PathBack[] {
  const { gates } = cells[cell]
  const H = taken.before.h.length
  const rows = gates.length * H
  const first = (gate: string) => (gates as readonly string[]).indexOf(gate) * H
  const sum = (f: (j: number) => number) => {
    let total = 0
    for (let j = 0; j < H; j++) total += f(j)
    return total
  }
  const each = (f: (j: number) => number) => Float64Array.from({ length: H }, (_, j) => f(j))
  const product = (gate: string, pre: Values) => {
    const column = first(gate)
    return each((k) => sum((j) => pre[j]! * U[k * rows + column + j]!))
  }
  return paths[cell]({
    taken,
    d,
    each,
    product,
    through: (gate, f) => ({ through: gate, to: 'h', values: product(gate, each(f)) }),
    kept: (to, f) => ({ through: 'kept', to, values: each(f) }),
    multiplied: (gate, j) => {
      const column = first(gate) + j
      return (bn?.[j] ?? 0) + sum((k) => taken.before.h[k]! * U[k * rows + column]!)
    },
  })
}
