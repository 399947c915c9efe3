// The matrix products, as a schedule asks for them: matrices are parts of buffers with a stride, everything in vec4f.
import type { View } from '../gpu/device'
import { flatGrid, isGrid, isPersistent, type Plan } from '../gpu/plan'

export interface Matrix {
  readonly view: View
  /** Where it begins, in vec4f. Default 0. */
  readonly at?: number
  /** From a row to the next, in vec4f. */
  readonly stride: number
  /** From the matrix of one z to that of the next (directions), in vec4f; may be negative, as sums of u32 wrap around.
   * Default 0. */
  readonly z?: number
}

/** A row vector: a bias, or the column sums that are its gradient. */
export type Vector = Omit<Matrix, 'stride'>

interface Product {
  readonly a: Matrix
  readonly b: Matrix
  readonly c: Matrix
  /** Rows of the result. */
  readonly M: number
  /** Columns of the result, in vec4f. */
  readonly N4: number
  /** How many matrices; default 1. */
  readonly Z?: number
}

const size = ({ a, b, c, M, N4 }: Product, K: number, sums?: Vector) => ({
  M, N4, K,
  a: a.at ?? 0, a_stride: a.stride, a_z: a.z ?? 0,
  b: b.at ?? 0, b_stride: b.stride, b_z: b.z ?? 0,
  c: c.at ?? 0, c_stride: c.stride, c_z: c.z ?? 0,
  sums: sums?.at ?? 0, sums_z: sums?.z ?? 0,
})

/** How rows are cut into tiles of at most `most` rows, a multiple of 4: `blocks` and `ragged` of lib/tile.wgsl, and how many tiles
 * they take. All tiles are equally high, but for a last one of four rows or fewer. */
export function tileRows(rows: number, most: number): { blocks: number; height: number; tiles: number; ragged: boolean } {
  const tiles = Math.ceil(rows / most)
  const ragged = most > 4 && tiles > 1 && rows - (tiles - 1) * most <= 4
  const blocks = rows === 1 ? 0 : ragged ? most / 4 : Math.ceil(rows / tiles / 4)
  return { blocks, height: Math.max(4 * blocks, 1), tiles, ragged }
}

/** Terms that a product holds at a time, and blocks of four columns. */
const mostHeld = { terms: 128, columns: 4 }

interface TermsProduct extends Product {
  /** Terms of a sum. */
  readonly K: number
  readonly bias?: Vector
  readonly add?: boolean | undefined
  /** Whether A is given as Aᵀ, B as Bᵀ. */
  readonly a_transposed?: boolean
  readonly b_transposed?: boolean
}

/** What is left of an operand from a term on, a multiple of 4: terms are its rows, or run along them. */
const from = (matrix: Matrix, rows: boolean, term: number): Matrix => ({ ...matrix, at: (matrix.at ?? 0) + (rows ? term * matrix.stride : term / 4) })

/** C = A B + bias, or C += A B where `add`: a dispatch for as many terms as are held. */
function heldProduct(plan: Plan, label: string, { a, b, c, M, N4, K, Z = 1, bias, add = false, a_transposed = false, b_transposed = false }: TermsProduct): void {
  const { terms, columns: most } = mostHeld
  const columns = Math.min(most, Math.ceil(N4 / 4))
  const groups = Math.ceil(N4 / (4 * columns))
  const parts = Math.ceil(K / terms)
  // As many workgroups as find a core, and none without a row.
  const rows = Math.ceil(M / Math.ceil(plan.tuning.cores / groups))
  plan.repeat(parts, (i) => {
    const first = i * terms
    plan.dispatch(parts > 1 ? `${label} ${i + 1} of ${parts}` : label, 'product/product_held', {
      bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
      size: {
        ...size({ a: from(a, a_transposed, first), b: from(b, !b_transposed, first), c, M, N4 }, Math.min(terms, K - first), bias),
        begins: Number(first === 0 && !add),
      },
      grid: [4 * groups, Math.ceil(M / rows), Z],
      constants: { columns, held4: 4 * Math.ceil(Math.min(K, terms) / 16), adds: add || parts > 1, biased: bias !== undefined, a_transposed, b_transposed },
      width: 4,
    })
  })
}

/** C = A B + bias, or C += A B where `add`, in tiles that are staged in workgroup memory: as large as still fill a GPU. */
function stagedProduct(plan: Plan, label: string, p: TermsProduct): void {
  const { a, b, c, M, N4, K, Z = 1, bias, add = false, a_transposed = false, b_transposed = false } = p
  const columns = N4 >= 12 ? 16 : 8
  const [rows_each, groups] = ([[8, 8], [4, 8], [4, 4]] as const).find(([rows, groups]) => Math.ceil(N4 / columns) * Math.ceil(M / (rows * groups)) * Z >= plan.tuning.groups) ?? [4, 4]
  plan.dispatch(label, 'product/product_staged', {
    bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
    size: size({ a, b, c, M, N4 }, K, bias),
    grid: [Math.ceil(N4 / columns) * columns * groups, Math.ceil(M / (rows_each * groups)), Z],
    constants: { columns, rows_each, a_transposed, b_transposed, adds: add, biased: bias !== undefined },
    width: columns * groups,
  })
}

/** An invocation makes 8 columns of as many rows as it may, or of 8 or 4 where that would leave the adapter idle. */
const shape = (plan: Plan, { M, N4, Z = 1 }: Product) => {
  const pairs = Math.ceil(N4 / 2)
  const tiles = [16, 8, 4].map((rows) => tileRows(M, rows))
  const { blocks, tiles: rows } = tiles.find(({ tiles }) => pairs * tiles * Z >= plan.tuning.busy) ?? tiles.at(-1)!
  return { grid: [pairs, rows, Z] as const, constants: { blocks } }
}

/** C = A B + bias; K4 terms of a sum, in vec4f. */
export function productNN(plan: Plan, label: string, p: Product & { K4: number; bias: Vector }): void {
  if (isPersistent(plan.tuning)) return heldProduct(plan, label, { ...p, K: 4 * p.K4 })
  if (isGrid(plan.tuning)) return stagedProduct(plan, label, { ...p, K: 4 * p.K4 })
  plan.dispatch(label, 'product/product_nn', {
    bindings: { a: p.a.view, b: p.b.view, bias: p.bias.view, c: p.c.view },
    size: size(p, p.K4, p.bias),
    ...shape(plan, p),
  })
}

/** C = A Bᵀ, or C += A Bᵀ where `add`; K4 terms of a sum, in vec4f. */
export function productNT(plan: Plan, label: string, p: Product & { K4: number; add?: boolean }): void {
  if (isPersistent(plan.tuning)) return heldProduct(plan, label, { ...p, K: 4 * p.K4, b_transposed: true })
  if (isGrid(plan.tuning)) return stagedProduct(plan, label, { ...p, K: 4 * p.K4, b_transposed: true })
  const { grid, constants } = shape(plan, p)
  plan.dispatch(label, 'product/product_nt', {
    bindings: { a: p.a.view, b: p.b.view, c: p.c.view },
    size: size(p, p.K4),
    grid,
    constants: { ...constants, adds: p.add ?? false },
  })
}

/** Operands, result columns and column sums of a part of Aᵀ B. */
export interface ProductPart {
  readonly a: Matrix
  readonly b: Matrix
  /** Columns of the result, in vec4f, and where they begin in C. */
  readonly N4: number
  readonly at: number
  /** Where the column sums of B go, if they are wanted. */
  readonly sums: Vector | null
}

/** C = Aᵀ B over K rows, or C += Aᵀ B where `add`, M a multiple of 4, in one part or two; with `sums`, the column sums of B
 * as well. The second part may differ in the buffer of A or of B, not of both; its column sums must be in the buffer of the
 * first's, if both are. */
export function productTN(
  plan: Plan, label: string,
  { parts: [first, second], c, M, K, Z = 1, unused, add = false }: { parts: readonly [ProductPart, ProductPart?]; c: Matrix; M: number; K: number; Z?: number; unused: View; add?: boolean },
): void {
  if (isPersistent(plan.tuning) || isGrid(plan.tuning)) {
    const product = isGrid(plan.tuning) ? stagedProduct : heldProduct
    for (const part of [first, ...(second ? [second] : [])]) {
      const { a, b, N4, at, sums } = part
      product(plan, label, { a, b, c: { ...c, at: (c.at ?? 0) + at }, M, N4, K, Z, add, a_transposed: true })
      if (sums) columnSums(plan, `${label}, column sums`, { b, K, N4, sums, unused, Z, add })
    }
    return
  }
  const other_a = second !== undefined && second.a.view !== first.a.view
  const other_b = second !== undefined && second.b.view !== first.b.view
  const { a, b, sums } = first
  const [a2, b2, sums2] = [second?.a ?? a, second?.b ?? b, second?.sums]
  const { busy, split: parts, splitWidth, width: usual } = plan.tuning
  const { blocks, tiles } = tileRows(M, 16)
  const [pairs, pairs2] = [Math.ceil(first.N4 / 2), Math.ceil((second?.N4 ?? 0) / 2)]
  // K is the longest sum of all, so it is dealt to several before tiles are made smaller, each of which would read all of B.
  const split = (pairs + pairs2) * tiles * Z < busy && K >= 16 * parts ? parts : 1
  const width = split > 1 ? split * splitWidth : usual
  const lanes = width / split
  const groups = Math.ceil(pairs / lanes)
  plan.dispatch(label, 'product/product_tn', {
    bindings: { a: a.view, b: b.view, c: c.view, sums: sums?.view ?? sums2?.view ?? unused, other: other_a ? a2.view : other_b ? b2.view : a.view },
    size: {
      M, K, N4: first.N4, N4_2: second?.N4 ?? 0, groups,
      a: a.at ?? 0, a_stride: a.stride, a_z: a.z ?? 0, a2: a2.at ?? 0, a2_stride: a2.stride, a2_z: a2.z ?? 0,
      b: b.at ?? 0, b_stride: b.stride, b_z: b.z ?? 0, b2: b2.at ?? 0, b2_stride: b2.stride, b2_z: b2.z ?? 0,
      c: (c.at ?? 0) + first.at, c2: (c.at ?? 0) + (second?.at ?? 0), c_stride: c.stride, c_z: c.z ?? 0,
      sums: sums?.at ?? 0, sums_z: sums?.z ?? 0, sums2: sums2?.at ?? 0, sums2_z: sums2?.z ?? 0,
      with_sums: sums ? 1 : 0, with_sums2: sums2 ? 1 : 0,
    },
    grid: [(groups * lanes + pairs2) * split, tiles, Z],
    constants: { blocks, other_a, other_b, summing: Boolean(sums ?? sums2), adds: add, ...(split > 1 && { split }) },
    width,
  })
}

/** sums = Σ over the K rows of B, or sums += that where `add`; B may lie in the buffer of the sums. `unused`: any other buffer. */
export function columnSums(plan: Plan, label: string, p: { b: Matrix; K: number; N4: number; sums: Vector; unused: View; Z?: number; add?: boolean }): void {
  const { b, K, N4, sums, unused, Z = 1, add = false } = p
  const within = b.view.buffer === sums.view.buffer
  const parts = isGrid(plan.tuning) ? 16 : 1
  const width = parts > 1 ? 8 * parts : plan.tuning.width
  const [x, y] = flatGrid(N4 * parts, width)
  plan.dispatch(label, 'product/column_sums', {
    bindings: { b: within ? unused : b.view, sums: sums.view },
    size: size({ a: b, b, c: b, M: 0, N4 }, K, sums),
    grid: [x, y, Z],
    constants: { within, adds: add, ...(parts > 1 && { parts }) },
    width,
  })
}
