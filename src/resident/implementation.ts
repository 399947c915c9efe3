// Register-resident weights, for SwiftShader: a workgroup loads U into registers once and computes its rows one after the other, step
// after step (Diamos et al., "Persistent RNNs", ICML 2016). A product holds 128 terms of its right operand. A layer too large for that
// is computed in tiles.
import { cells, type ResidentKernel } from '../cells'
import { mostWorkgroups, type Plan } from '../gpu/plan'
import type { StrategyName } from '../gpu/strategy'
import type { LayerContext } from '../schedule/context'
import type { Implementation, Shape } from '../schedule/implementation'
import { activate, productSize, sumsOf, tilesOf, type Matrix, type Product } from '../schedule/products'
import { fusionByRows, type StepRun } from '../schedule/steps'
import { tile } from '../tile/implementation'
import { residentOf } from './columns'
import { sampling } from './sampling'

/** Terms that a product holds in registers at a time, and blocks of four columns of an invocation. Weights of at most `small` elements
 * are not worth the seconds that SwiftShader takes to compile more than one block. */
const limits = { terms: 128, columns: 4, small: 4096 }

/** An operand from a term on, a multiple of 4: terms are its rows, or run along them. */
const from = (matrix: Matrix, rows: boolean, term: number): Matrix => ({ ...matrix, offset4: (matrix.offset4 ?? 0) + (rows ? term * matrix.stride : term / 4) })

/** One dispatch for each slice of the terms. */
function product(plan: Plan, label: string, p: Product): void {
  const { a, b, c, M, N4, K, Z = 1, bias, add = false, a_transposed = false, b_transposed = false } = p
  // By the weights alone: a last bit can depend on the blocks, and a product of a segment of the steps is to give that of all of them.
  const columns = 4 * N4 * (a_transposed ? M : K) <= limits.small ? 1 : Math.min(limits.columns, Math.ceil(N4 / 4))
  const groups = Math.ceil(N4 / (4 * columns))
  const slices = Math.ceil(K / limits.terms)
  // As many workgroups as find a core, and none without a row.
  const rows = Math.ceil(M / Math.ceil(plan.tuning.cores / groups))
  plan.repeat(slices, (i) => {
    const first = i * limits.terms
    plan.dispatch(slices > 1 ? `${label} ${i + 1} of ${slices}` : label, 'resident/product', {
      bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
      size: {
        ...productSize({ ...p, a: from(a, a_transposed, first), b: from(b, !b_transposed, first) }, Math.min(limits.terms, K - first), bias),
        begins: Number(first === 0 && !add),
      },
      grid: [4 * groups, Math.ceil(M / rows), Z],
      constants: {
        columns,
        resident_k4: 4 * Math.ceil(Math.min(K, limits.terms) / 16),
        adds: add || slices > 1,
        biased: bias !== undefined,
        a_transposed,
        b_transposed,
      },
      width: 4,
    })
  })
  sumsOf(plan, label, p)
  activate(plan, label, p)
}

/** Workgroups that compute rows one after the other: one a tile, or fewer where a dispatch cannot have as many; each has a row. */
const workgroupsOfRows = (B: number, tiles: number): number => Math.ceil(B / Math.ceil(B / Math.min(tiles, mostWorkgroups)))

function steps(plan: Plan, ctx: LayerContext, run: StepRun): void {
  const { direction, label, size, constants, bindings } = run
  const resident = residentOf(ctx)?.[direction]
  if (!resident) return tile.steps(plan, ctx, run)
  const kernel = `resident/${cells[ctx.cell].kernel as ResidentKernel}_${direction}` as const
  plan.dispatch(label, kernel, {
    bindings: bindings(kernel),
    size,
    grid: [1, workgroupsOfRows(ctx.B, tilesOf(ctx.B, plan.tuning.strategy.rows).tiles), ctx.D],
    width: resident.invocations * resident.slices,
    constants: { ...constants, columns: resident.columns, resident_k4: resident.terms4, k_slices: resident.slices, hidden4: ctx.H4 },
  })
}

/** The rate of a workgroup that holds U in registers, as a multiple of the device's. */
const residentRate = 1.5

const names: readonly (readonly [StrategyName, rows: number])[] = [
  ['resident-16', 16],
  ['resident-8', 8],
  ['resident-4', 4],
]

/** Rows of a workgroup: fewer than 16 only where a core would idle otherwise, as each workgroup loads all of U. All compute the same, to
 * the bit. */
function strategiesFor({ batch, layers, cores }: Shape): StrategyName[] {
  const resident = layers.filter(residentOf)
  if (resident.length === 0) return ['resident-16']
  const each = cores / Math.min(...resident.map(({ D }) => D))
  let workgroups = 0
  return names.flatMap(([name, rows]) => {
    const { tiles } = tilesOf(batch, rows)
    if (workgroups >= Math.min(tiles, each)) return []
    workgroups = tiles
    return [name]
  })
}

export const resident: Implementation = {
  product,
  sumSlices: 1,
  steps,
  strategiesFor,
  sampling,
  fusion: (plan, ctx) => (residentOf(ctx) ? fusionByRows(plan, ctx, residentRate) : null),
}
