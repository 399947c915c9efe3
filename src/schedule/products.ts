// The matrix products, as a schedule asks for them: matrices are parts of buffers with a stride, everything in vec4f.
import type { View } from '../gpu/device'
import type { Plan } from '../gpu/plan'

export interface Matrix {
  readonly view: View
  /** Where it begins, in vec4f. Default 0. */
  readonly at?: number
  /** From a row to the next, in vec4f. */
  readonly stride: number
  /** From the matrix of one z to that of the next (directions), in vec4f. Default 0. */
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

const size = ({ a, b, c, M, N4 }: Product, K: number, sums?: Vector, flags = 0) => ({
  M, N4, K, flags,
  a: a.at ?? 0, a_stride: a.stride, a_z: a.z ?? 0,
  b: b.at ?? 0, b_stride: b.stride, b_z: b.z ?? 0,
  c: c.at ?? 0, c_stride: c.stride, c_z: c.z ?? 0,
  sums: sums?.at ?? 0, sums_z: sums?.z ?? 0,
})

const grid = ({ M, N4, Z = 1 }: Product) => [Math.ceil(N4 / 4), Math.ceil(M / 16), Z] as const

/** C = A B + bias; K4 terms of a sum, in vec4f. */
export function productNN(plan: Plan, label: string, p: Product & { K4: number; bias: Vector }): void {
  plan.dispatch(label, 'product/product_nn', {
    bindings: { a: p.a.view, b: p.b.view, bias: p.bias.view, c: p.c.view },
    size: size(p, p.K4, p.bias),
    grid: grid(p),
  })
}

/** C = A Bᵀ, or C += A Bᵀ where `add`; K4 terms of a sum, in vec4f. */
export function productNT(plan: Plan, label: string, p: Product & { K4: number; add?: boolean }): void {
  plan.dispatch(label, 'product/product_nt', {
    bindings: { a: p.a.view, b: p.b.view, c: p.c.view },
    size: size(p, p.K4, undefined, p.add ? 1 : 0),
    grid: grid(p),
  })
}

/** C = Aᵀ B over K rows, M a multiple of 4; with `sums`, the column sums of B as well. */
export function productTN(plan: Plan, label: string, p: Product & { K: number; sums: Vector | null; unused: View }): void {
  plan.dispatch(label, 'product/product_tn', {
    bindings: { a: p.a.view, b: p.b.view, c: p.c.view, sums: p.sums?.view ?? p.unused },
    size: size(p, p.K, p.sums ?? undefined, p.sums ? 1 : 0),
    grid: grid(p),
  })
}

/** sums = Σ over the K rows of B. */
export function columnSums(plan: Plan, label: string, p: { b: Matrix; K: number; N4: number; sums: Vector }): void {
  const { b, K, N4, sums } = p
  plan.dispatch(label, 'product/column_sums', {
    bindings: { b: b.view, sums: sums.view },
    size: size({ a: b, b, c: b, M: 0, N4 }, K, sums),
    grid: [N4, 1, 1],
  })
}
