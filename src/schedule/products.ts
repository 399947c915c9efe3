// The matrix products, as a schedule asks for them: a matrix is a range of a buffer with a stride, everything in vec4f.
import type { View } from '../gpu/view'
import { flatGrid, type Plan } from '../gpu/plan'
import type { Activation } from '../spec'
import { implementationOf } from './implementation'

export interface Matrix {
  readonly view: View
  /** Offset of the first element, in vec4f. Default 0. */
  readonly offset4?: number
  /** From a row to the next, in vec4f. */
  readonly stride: number
  /** From the matrix of one z to that of the next (directions), in vec4f; may be negative, as sums of u32 wrap around.
   * Default 0. */
  readonly z?: number
}

/** A row vector: a bias, or the column sums that are its gradient. */
export type Vector = Omit<Matrix, 'stride'>

/** C = f(A B + bias), or C += A B. */
export interface Product {
  readonly a: Matrix
  readonly b: Matrix
  readonly c: Matrix
  /** Rows of the result. */
  readonly M: number
  /** Columns of the result, in vec4f. */
  readonly N4: number
  /** Terms of a sum: a multiple of 4 unless A is stored as Aᵀ. */
  readonly K: number
  /** How many matrices; default 1. */
  readonly Z?: number
  readonly bias?: Vector
  /** f, of a dense layer: rows of C follow each other without a gap then, and `columns` of them are not padding. Default: linear. */
  readonly activation?: { readonly kind: Activation; readonly columns: number } | undefined
  /** Whether the product is added to C; there is neither bias nor activation then. Default false. */
  readonly add?: boolean
  /** Whether A is stored as Aᵀ, and M is a multiple of 4 then; or B as Bᵀ. Default false. */
  readonly a_transposed?: boolean
  readonly b_transposed?: boolean
  /** Of Aᵀ B: where the column sums of B go, if they are wanted, added to what is there where `add`; and any other buffer. */
  readonly sums?: { readonly to: Vector | null; readonly unused: View }
}

/** The uniform of a product; K as its kernel counts. */
export const productSize = ({ a, b, c, M, N4 }: Product, K: number, sums?: Vector) => ({
  M,
  N4,
  K,
  a: a.offset4 ?? 0,
  a_stride: a.stride,
  a_z: a.z ?? 0,
  b: b.offset4 ?? 0,
  b_stride: b.stride,
  b_z: b.z ?? 0,
  c: c.offset4 ?? 0,
  c_stride: c.stride,
  c_z: c.z ?? 0,
  sums: sums?.offset4 ?? 0,
  sums_z: sums?.z ?? 0,
})

/** Constants of the kernels that apply an activation: shaders/lib/dense_activation.wgsl. */
const activationConstants = ({ kind, columns }: NonNullable<Product['activation']>): { readonly activation: number; readonly tail?: number } => ({
  activation: ['linear', 'relu', 'tanh', 'sigmoid'].indexOf(kind),
  ...(kind === 'sigmoid' && columns % 4 > 0 && { tail: columns % 4 }),
})

/** The same of a product, which has none mostly. */
export const activationOf = ({ activation }: Product) => (activation && activation.kind !== 'linear' ? activationConstants(activation) : {})

/** Invocations that walk over a flat array of so many vec4f together. */
export const flat = (n4: number) => {
  const stride = Math.min(Math.ceil(n4 / 64), 4096) * 64
  return { size: { n4, stride }, grid: [stride, 1, 1] as const }
}

/** The activation of a product, in a dispatch of its own. */
export function activate(plan: Plan, label: string, p: Product): void {
  const { c, M, N4, activation } = p
  if (!activation || activation.kind === 'linear') return
  const { size, grid } = flat(M * N4)
  const first = c.offset4 ?? 0
  plan.dispatch(`${label}, ${activation.kind}`, 'layer/activation', {
    bindings: { y: c.view },
    size: { ...size, first, N4 },
    grid,
    constants: activationConstants(activation),
  })
}

/** dy = dy ⊙ f'(y), over rows of N4 vec4f without a gap. */
export function activationGradient(plan: Plan, label: string, { y, dy, n4, kind }: { y: View; dy: View; n4: number; kind: Activation }): void {
  if (kind === 'linear') return
  plan.dispatch(label, 'layer/activation_gradient', { ...flat(n4), bindings: { y, dy }, constants: activationConstants({ kind, columns: 4 }) })
}

/** Cuts rows into tiles of at most `most` rows, a multiple of 4. All tiles have as many row blocks of four, but for a tail tile of one block
 * (`tailTile`). A single row is no block: `rowBlocks` is 0 then. */
export function tilesOf(rows: number, most: number): { rowBlocks: number; height: number; tiles: number; tailTile: boolean } {
  const tiles = Math.ceil(rows / most)
  const tailTile = most > 4 && tiles > 1 && rows - (tiles - 1) * most <= 4
  const rowBlocks = rows === 1 ? 0 : tailTile ? most / 4 : Math.ceil(rows / tiles / 4)
  return { rowBlocks, height: Math.max(4 * rowBlocks, 1), tiles, tailTile }
}

export const product = (plan: Plan, label: string, p: Product): void => implementationOf(plan.tuning.strategy).product(plan, label, p)

/** sums = Σ over the K rows of B, or sums += that where `add`; B may lie in the buffer of the sums. `unused`: any other buffer. */
export function columnSums(plan: Plan, label: string, p: { b: Matrix; K: number; N4: number; sums: Vector; unused: View; Z?: number; add?: boolean }): void {
  const { b, K, N4, sums, unused, Z = 1, add = false } = p
  const within = b.view.buffer === sums.view.buffer
  const slices = implementationOf(plan.tuning.strategy).sumSlices
  const width = slices > 1 ? 8 * slices : plan.tuning.width
  const [x, y] = flatGrid(N4 * slices, width)
  plan.dispatch(label, 'product/column_sums', {
    bindings: { b: within ? unused : b.view, sums: sums.view },
    size: productSize({ a: b, b, c: b, M: 0, N4, K }, K, sums),
    grid: [x, y, Z],
    constants: { within, adds: add, ...(slices > 1 && { row_slices: slices }) },
    width,
  })
}

/** The column sums of a product, in a dispatch of their own. */
export function sumsOf(plan: Plan, label: string, { b, K, N4, Z = 1, add = false, sums }: Product): void {
  if (sums?.to) columnSums(plan, `${label}, column sums`, { b, K, N4, sums: sums.to, unused: sums.unused, Z, add })
}
