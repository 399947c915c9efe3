// Register-resident weights, for SwiftShader: a workgroup loads U into registers once and makes its rows one after the other, step after
// step (Diamos et al., "Persistent RNNs", ICML 2016); a product keeps 128 terms of its right operand. A layer too large for that is made
// in tiles.
import { cells, type ResidentKernel } from '../cells'
import { mostWorkgroups, type Plan } from '../gpu/plan'
import type { StrategyName } from '../gpu/strategy'
import type { LayerContext } from '../schedule/context'
import type { Implementation, Shape } from '../schedule/implementation'
import { productSize, sumsOf, tileRows, type Matrix, type Product } from '../schedule/products'
import { fusedRows, type StepRun } from '../schedule/steps'
import { tile } from '../tile/implementation'
import { residentOf } from './columns'
import { sampling } from './sampling'

/** Terms that a product keeps at a time, and blocks of four columns. */
const most = { terms: 128, columns: 4 }

/** What is left of an operand from a term on, a multiple of 4: terms are its rows, or run along them. */
const from = (matrix: Matrix, rows: boolean, term: number): Matrix => ({ ...matrix, at: (matrix.at ?? 0) + (rows ? term * matrix.stride : term / 4) })

/** A dispatch for as many terms as are kept. */
function product(plan: Plan, label: string, p: Product): void {
  const { a, b, c, M, N4, K, Z = 1, bias, add = false, a_transposed = false, b_transposed = false } = p
  const columns = Math.min(most.columns, Math.ceil(N4 / 4))
  const groups = Math.ceil(N4 / (4 * columns))
  const parts = Math.ceil(K / most.terms)
  // As many workgroups as find a core, and none without a row.
  const rows = Math.ceil(M / Math.ceil(plan.tuning.cores / groups))
  plan.repeat(parts, (i) => {
    const first = i * most.terms
    plan.dispatch(parts > 1 ? `${label} ${i + 1} of ${parts}` : label, 'resident/product', {
      bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
      size: {
        ...productSize({ ...p, a: from(a, a_transposed, first), b: from(b, !b_transposed, first) }, Math.min(most.terms, K - first), bias),
        begins: Number(first === 0 && !add),
      },
      grid: [4 * groups, Math.ceil(M / rows), Z],
      constants: {
        columns,
        resident_k4: 4 * Math.ceil(Math.min(K, most.terms) / 16),
        adds: add || parts > 1,
        biased: bias !== undefined,
        a_transposed,
        b_transposed,
      },
      width: 4,
    })
  })
  sumsOf(plan, label, p)
}

/** Workgroups that make rows one after the other: one for each tile, or fewer where there may not be as many, and none without a row. */
const workgroupsOfRows = (B: number, tiles: number): number => Math.ceil(B / Math.ceil(B / Math.min(tiles, mostWorkgroups)))

function steps(plan: Plan, ctx: LayerContext, run: StepRun): void {
  const { direction, label, size, constants, bindings } = run
  const resident = residentOf(ctx)?.[direction]
  if (!resident) return tile.steps(plan, ctx, run)
  const kernel = `resident/${cells[ctx.cell].kernel as ResidentKernel}_${direction}` as const
  plan.dispatch(label, kernel, {
    bindings: bindings(kernel),
    size,
    grid: [1, workgroupsOfRows(ctx.B, tileRows(ctx.B, plan.tuning.strategy.rows).tiles), ctx.D],
    width: resident.invocations * resident.parts,
    constants: { ...constants, columns: resident.columns, resident_k4: resident.terms4, k_slices: resident.parts, hidden4: ctx.H4 },
  })
}

/** By how much a workgroup that keeps U is faster than one that does not. */
const residentRate = 1.5

const names: readonly (readonly [StrategyName, rows: number])[] = [
  ['resident-16', 16],
  ['resident-8', 8],
  ['resident-4', 4],
]

/** How many rows a workgroup makes: fewer only where else a core would have nothing to do, as each workgroup loads all that it keeps. All
 * make the same, to the bit. */
function strategiesFor({ batch, layers, cores }: Shape): StrategyName[] {
  const kept = layers.filter(residentOf)
  if (kept.length === 0) return ['resident-16']
  const each = cores / Math.min(...kept.map(({ D }) => D))
  let workgroups = 0
  return names.flatMap(([name, rows]) => {
    const { tiles } = tileRows(batch, rows)
    if (workgroups >= Math.min(tiles, each)) return []
    workgroups = tiles
    return [name]
  })
}

export const resident: Implementation = {
  product,
  sumParts: 1,
  steps,
  strategiesFor,
  sampling: sampling,
  fuses: (plan, ctx) => (residentOf(ctx) ? fusedRows(plan, ctx, residentRate) : null),
}
