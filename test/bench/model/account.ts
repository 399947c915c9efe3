// What a dispatch has to do: arithmetic, and bytes by level of memory, counted from its grid, its uniforms and its constants.
import { contractOf } from '../../../src/gpu/kernels'
import type { Command, Dispatch } from '../../../src/gpu/plan'
import { guesses } from './devices'

/** Matrix products of one dispatch: `rows` × `K` by `K` × `columns`, `times` after each other, each of `Z` matrices. */
interface Products {
  readonly rows: number
  readonly columns: number
  readonly K: number
  readonly Z: number
  readonly times: number
  /** Parts that the terms of a sum are dealt to. */
  readonly split: number
  /** Rows and columns of the tile that an invocation makes. */
  readonly tile: readonly [rows: number, columns: number]
  /** Whether neighbours load the second operand from rows that are far apart. */
  readonly scattered: boolean
  /** Barriers of a workgroup, for each of `times`. */
  readonly barriers: number
}

export interface Account {
  readonly label: string
  readonly kernel: string
  /** Multiplications and additions of matrix products, and all other arithmetic. */
  readonly flops: number
  readonly others: number
  /** Bytes: that all waves load, from the first-level cache at best; that all workgroups need, each what it needs but once; and that
   * are different ones, all in all, read or written. */
  readonly l1: number
  readonly l2: number
  readonly unique: number
  readonly workgroups: number
  /** Invocations of a workgroup. */
  readonly width: number
  /** Loads of an invocation that wait for each other. */
  readonly rounds: number
  readonly barriers: number
  /** Whether it is known what the kernel does; else only its bindings are counted. */
  readonly known: boolean
}

const wave = 32
const vec4 = 16 // bytes

const widthOf = ({ kernel, constants }: Dispatch): number => {
  const { workgroup } = contractOf(kernel)
  return workgroup === 'width' ? constants.width! : workgroup
}

/** What the schedule says in `size`, and nothing else: a field that is missing is a defect. */
const field = ({ kernel, size }: Dispatch, name: string): number => {
  const value = size[name]
  if (value === undefined) throw new Error(`${kernel} has no ${name}: test/bench/model/account.ts must be told what it does`)
  return value
}

const constant = ({ kernel, constants }: Dispatch, name: string): number => {
  const value = constants[name]
  if (value === undefined) throw new Error(`${kernel} has no constant ${name}: test/bench/model/account.ts must be told what it does`)
  return value
}

/** Columns of the products of a step, in H, by phase: forward those of the gates, with terms of one state; backward those of a state,
 * with terms of so many gates. */
const stepProducts: Readonly<Record<string, { readonly forward: readonly number[]; readonly backward: readonly number[] }>> = {
  rnn: { forward: [1], backward: [1] },
  lstm: { forward: [4], backward: [4] },
  gru_reset_after: { forward: [3], backward: [3] },
  gru: { forward: [2, 1], backward: [2, 1] },
  mgu: { forward: [1, 1], backward: [1, 1] },
}

/** The steps of a layer. */
function steps(d: Dispatch): Products[] {
  const [, cell, direction] = /^cell\/(.+?)_(forward|backward)_grid$/.exec(d.kernel)!
  const gates = stepProducts[cell!]![direction as 'forward' | 'backward']
  const { phase = 0, fused } = d.constants
  const H = 4 * field(d, 'H4')
  const forward = direction === 'forward'
  return (fused ? gates : [gates[phase]!]).map((count) => ({
    rows: field(d, 'B'),
    columns: (forward ? count : 1) * H,
    K: (forward ? 1 : count) * H,
    Z: d.workgroups[2],
    times: field(d, 'n'),
    split: constant(d, 'k_slices'),
    // U is read along its rows, and the slices of a sum are added up through workgroup memory.
    tile: [constant(d, 'rows_each'), 4],
    scattered: false,
    barriers: fused ? 2 : 1,
  }))
}

/** Products of a kernel; null if it makes none, or is not known. */
function productsOf(d: Dispatch): Products[] | null {
  switch (d.kernel) {
    case 'product/product_staged':
      return [
        {
          rows: field(d, 'M'),
          columns: 4 * field(d, 'N4'),
          K: field(d, 'K'),
          Z: d.workgroups[2],
          times: 1,
          split: constant(d, 'k_slices'),
          tile: [constant(d, 'rows_each'), 4],
          scattered: false,
          barriers: 2 * Math.ceil(field(d, 'K') / 16 / constant(d, 'k_slices')),
        },
      ]
    case 'token/sample_step':
      return [{ rows: 1, columns: field(d, 'V'), K: 4 * field(d, 'H4'), Z: 1, times: 1, split: 1, tile: [1, 4], scattered: false, barriers: 12 }]
    case 'token/sample_loop': {
      const { gates, H4, E4, V4, layers, reset_after } = d.constants as Record<'gates' | 'H4' | 'E4' | 'V4' | 'layers' | 'reset_after', number>
      const [times, H] = [field(d, 'end') - field(d, 'first'), 4 * H4]
      const resets = gates === 2 || (gates === 3 && !reset_after)
      const base = { rows: 1, Z: 1, times, tile: [1, 4], scattered: false } as const
      return [
        { ...base, columns: gates * H, K: 4 * E4 + (2 * layers - 1) * H, split: field(d, 'k_slices'), barriers: layers * (resets ? 5 : 3) },
        { ...base, columns: 4 * V4, K: H, split: field(d, 'head_k_slices'), barriers: 6 },
      ]
    }
    default:
      return d.kernel.startsWith('cell/') ? steps(d) : null
  }
}

/** Bytes read and written, and arithmetic an element of four, of kernels that pass over arrays; null if it is not known. */
function passes(d: Dispatch): { bytes: number; others: number } | null {
  const arrays = (n4: number, count: number, flops: number) => ({ bytes: n4 * vec4 * count, others: 4 * n4 * flops })
  switch (d.kernel) {
    case 'optimizer/gradient_norm':
      return arrays(field(d, 'n4'), 1, 2)
    case 'optimizer/sgd':
      return arrays(field(d, 'n4'), 3, 3)
    case 'optimizer/momentum':
    case 'optimizer/rmsprop':
      return arrays(field(d, 'n4'), 5, 8)
    case 'optimizer/adam':
      return arrays(field(d, 'n4'), 7, 14)
    case 'layer/dropout':
      return arrays(field(d, 'n4'), 2, 40)
    case 'loss/cross_entropy':
    case 'loss/squared_error':
      return arrays(field(d, 'rows') * field(d, 'stride4'), 2, 12)
    case 'product/column_sums':
      return arrays(field(d, 'K') * field(d, 'N4'), 1, 1)
    case 'token/embedding_forward':
      return arrays(field(d, 'count') * field(d, 'stride'), 2, 0)
    case 'token/embedding_backward':
      return { bytes: (field(d, 'count') + field(d, 'V')) * field(d, 'width4') * vec4, others: 4 * field(d, 'count') * field(d, 'width4') }
    case 'layer/final_state':
      return arrays(field(d, 'B') * field(d, 'D') * field(d, 'H4'), 2, 0)
    case 'loss/statistics':
      return { bytes: 4 * (field(d, 'rows') + field(d, 'partials')), others: field(d, 'rows') + field(d, 'partials') }
    case 'token/sample':
      return arrays(field(d, 'B') * field(d, 'stride4'), 1, 20)
    default:
      return null
  }
}

/** What the cell reads and writes of a step beside its product, in floats a unit and row: gates in, gates out, states. */
const around = (d: Dispatch): { floats: number; others: number } => {
  if (!d.kernel.startsWith('cell/')) return { floats: 0, others: 0 }
  const gates = Math.max(
    ...Object.entries(stepProducts).map(([cell, { forward }]) => (d.kernel.startsWith(`cell/${cell}_`) ? forward.reduce((a, b) => a + b, 0) : 0)),
  )
  const elements = field(d, 'B') * 4 * field(d, 'H4') * d.workgroups[2] * field(d, 'n')
  return { floats: elements * (2 * gates + 4), others: elements * gates * 20 }
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)

export function account(d: Dispatch): Account {
  const width = widthOf(d)
  const workgroups = d.workgroups[0] * d.workgroups[1] * d.workgroups[2]
  const base = { label: d.label, kernel: d.kernel, workgroups, width }
  const products = productsOf(d)
  if (!products) {
    const pass = passes(d)
    const bytes = pass?.bytes ?? sum(Object.values(d.bindings).map(({ size }) => size))
    const rounds = Math.ceil(bytes / vec4 / (workgroups * width))
    return { ...base, flops: 0, others: pass?.others ?? 0, l1: bytes, l2: bytes, unique: bytes, rounds, barriers: 0, known: pass !== null }
  }
  const [gx, gy] = d.workgroups
  const { floats, others } = around(d)
  const parts = products.map(({ rows, columns, K, Z, times, split, tile: [high, wide], scattered, barriers }) => {
    // What a wave loads for its tiles, side by side: the rows once for all of it, the columns of each.
    const lanes = Math.min(wave, width) / (split > 1 && width / split < wave ? Math.min(wave, width) / (width / split) : 1)
    const tiles = Math.ceil(rows / high) * Math.ceil(columns / wide)
    const loaded = (Math.ceil(tiles / lanes) * high + tiles * wide * (scattered ? guesses.scattered : 1)) * K
    const turns = Math.max(1, Math.ceil(tiles / (gx * gy * Math.max(1, width / split)))) // a workgroup may make several tiles after another
    return {
      flops: 2 * rows * columns * K * Z * times,
      l1: 4 * loaded * Z * times,
      // A workgroup needs its rows of the first operand, its columns of the second, and its part of the result.
      l2: 4 * times * Z * (gx * rows * K + gy * K * columns + rows * columns),
      // Over all steps, the second operand is the same.
      unique: 4 * Z * (times * (rows * K + rows * columns) + K * columns),
      rounds: times * turns * Math.ceil(K / split / 4),
      barriers: times * barriers,
    }
  })
  const total = (name: keyof (typeof parts)[number]) => sum(parts.map((part) => part[name]))
  return {
    ...base,
    flops: total('flops'),
    others,
    l1: total('l1') + 4 * floats,
    l2: total('l2') + 4 * floats,
    unique: total('unique') + 4 * floats,
    rounds: total('rounds'),
    barriers: total('barriers'),
    known: true,
  }
}

export const accounts = (commands: readonly Command[]): Account[] => commands.flatMap((command) => (command.kind === 'dispatch' ? [account(command)] : []))
