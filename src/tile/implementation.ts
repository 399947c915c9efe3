// The kernels of software adapters: an invocation computes a tile alone, in workgroups of one subgroup, a dispatch a step.
import { cells, invocationsOf, type CellKernel } from '../cells'
import type { Plan } from '../gpu/plan'
import type { LayerContext } from '../schedule/context'
import type { Implementation } from '../schedule/implementation'
import { activate, productSize, tilesOf, type Product } from '../schedule/products'
import type { Direction, StepRun } from '../schedule/steps'

/** Rows of the tile of an invocation in a product, by eight columns. */
const productRows = 16

function product(plan: Plan, label: string, p: Product): void {
  const { a, b, c, M, N4, K, Z = 1, bias, add = false } = p
  const { rowBlocks, tiles } = tilesOf(M, productRows)
  const grid = [Math.ceil(N4 / 2), tiles, Z] as const
  if (p.a_transposed) {
    const { to, unused } = p.sums!
    return plan.dispatch(label, 'tile/product_tn', {
      bindings: { a: a.view, b: b.view, c: c.view, sums: to?.view ?? unused },
      size: productSize(p, K, to ?? undefined),
      grid,
      constants: { row_blocks: rowBlocks, summing: to !== null, adds: add },
    })
  }
  if (p.b_transposed)
    return plan.dispatch(label, 'tile/product_nt', {
      bindings: { a: a.view, b: b.view, c: c.view },
      size: productSize(p, K / 4),
      grid,
      constants: { row_blocks: rowBlocks, adds: add },
    })
  plan.dispatch(label, 'tile/product_nn', {
    bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
    size: productSize(p, K / 4, bias),
    grid,
    constants: { row_blocks: rowBlocks, ...(!bias && { biased: false }), ...(add && { adds: true }) },
  })
  activate(plan, label, p)
}

function steps(plan: Plan, ctx: LayerContext, { direction, label, size, constants, bindings }: StepRun): void {
  const cell = cells[ctx.cell]
  const { rowBlocks, tiles, tailTile } = tilesOf(ctx.B, plan.tuning.strategy.rows)
  const kernel: `tile/${CellKernel}_${Direction}` = `tile/${cell.kernel}_${direction}`
  cell[direction].forEach((pass, phase) =>
    plan.dispatch(label, kernel, {
      bindings: bindings(kernel),
      size,
      grid: [invocationsOf(pass, ctx.H4), tiles, ctx.D],
      constants: { ...constants, row_blocks: rowBlocks, tail_tile: tailTile, phase },
    }),
  )
}

/** One strategy: these adapters compile so slowly (llvmpipe ten to twenty seconds a strategy) that timing another would not pay. */
export const tile: Implementation = { product, sumSlices: 1, steps, fusion: () => null, sampling: () => null, strategiesFor: () => ['tile-16'] }
