// The kernels of GPUs: a workgroup computes a tile together.
import { cells, type CellKernel } from '../cells'
import type { Plan } from '../gpu/plan'
import type { StrategyName } from '../gpu/strategy'
import type { LayerContext } from './context'
import type { Implementation, Shape } from './implementation'
import { activationOf, productSize, sumsOf, type Product } from './products'
import { fusionByRows, type Direction, type StepRun } from './steps'
import { sampling } from './sample-loop'

/** Rows of an invocation at most: eight would spill on Intel. */
const mostRowsEach = 4

/** K slices of a product at most. */
const mostSlices = 4

/** Of a workgroup at most: invocations, per step and fused, and vec4f of workgroup memory. */
const limits = { invocations: 128, fused: 256, memory: 1024 }

/** K slices of a product: as many as find terms and room where its tiles alone would leave cores idle. A power of two: others spill on Intel. */
function slicesOf(tiles: number, { K, columns, groups, rows_each }: { K: number; columns: number; groups: number; rows_each: number }, most: number): number {
  if (tiles >= most) return 1
  const memory = limits.memory / (4 * groups * rows_each + 16 * columns)
  return 2 ** Math.floor(Math.log2(Math.max(1, Math.min(mostSlices, memory, limits.fused / (columns * groups), K / 64))))
}

/** In tiles that are staged in workgroup memory: as large as still fill a GPU. The gradients of weights have few tiles and many terms: where the
 * tiles are too few for a GPU, the terms are dealt to K slices of the workgroup. */
function product(plan: Plan, label: string, p: Product): void {
  const { a, b, c, M, N4, K, Z = 1, bias, add = false, a_transposed = false, b_transposed = false } = p
  const columns = N4 >= 12 ? 16 : 8
  const rows_each = mostRowsEach
  const groups = Math.ceil(N4 / columns) * Math.ceil(M / (8 * rows_each)) * Z >= plan.tuning.groups ? 8 : 4
  const tiles = Math.ceil(N4 / columns) * Math.ceil(M / (groups * rows_each)) * Z
  const k_slices = a_transposed ? slicesOf(tiles, { K, columns, groups, rows_each }, plan.tuning.groups) : 1
  const width = columns * groups * k_slices
  plan.dispatch(label, 'product/product_staged', {
    bindings: { a: a.view, b: b.view, bias: bias?.view ?? b.view, c: c.view },
    size: productSize(p, K, bias),
    grid: [Math.ceil(N4 / columns) * width, Math.ceil(M / (rows_each * groups)), Z],
    constants: { columns, k_slices, rows_each, a_transposed, b_transposed, adds: add, biased: bias !== undefined, ...activationOf(p) },
    width,
  })
  sumsOf(plan, label, p)
}

/** The phases of a step: blocks of four columns for four units, and terms of a sum, in vec4f. */
function phasesOf({ cell, G, H4 }: LayerContext, direction: Direction): { columns: number; terms4: number }[] {
  const { recurrent } = cells[cell]
  const [first, second] = recurrent
  const phases = second?.state === 'saved' ? [first.count, second.count] : [G]
  return phases.map((gates) => (direction === 'forward' ? { columns: gates, terms4: H4 } : { columns: 1, terms4: gates * H4 }))
}

/** Per step, a workgroup computes all gates of eight units of its rows, with the terms split to as many slices as fit; fused, of as many
 * units as it can at a time. */
function steps(plan: Plan, ctx: LayerContext, { label, direction, size, constants, bindings }: StepRun): void {
  const { B, D, H4, cell } = ctx
  const { strategy } = plan.tuning
  const fused = strategy.recurrence === 'fused'
  const rows = Math.min(strategy.rows, 2 ** Math.ceil(Math.log2(B)))
  const rows_each = Math.min(rows, mostRowsEach)
  const phases = phasesOf(ctx, direction)
  const tiles = Math.ceil(B / rows)
  const kernel: `cell/${CellKernel}_${Direction}_grid` = `cell/${cells[cell].kernel}_${direction}_grid`
  const dispatch = (phase: number, blocks: number, terms4: number, most: number) => {
    const units = Math.max(1, Math.min(H4, fused ? Math.floor(most / blocks) : 2))
    const columns = units * blocks
    const groups = rows / rows_each
    const slices = Math.max(1, Math.min(Math.floor(Math.min(most, limits.memory / rows_each) / (columns * groups)), terms4))
    const width = columns * groups * slices
    const uneven_slices = H4 % slices !== 0 // every sum has a multiple of H4 of four terms
    plan.dispatch(label, kernel, {
      bindings: bindings(kernel),
      size,
      grid: [fused ? 1 : Math.ceil(H4 / units) * width, tiles, D],
      width,
      constants: { ...constants, columns, k_slices: slices, rows_each, uneven_slices, fused, phase },
    })
  }
  if (fused)
    dispatch(
      0,
      Math.max(...phases.map(({ columns }) => columns)),
      Math.min(...phases.map(({ terms4 }) => terms4)),
      Math.min(limits.fused, limits.memory / rows_each),
    )
  else phases.forEach(({ columns, terms4 }, phase) => dispatch(phase, columns, terms4, limits.invocations))
}

/** Hidden sizes up to which a step of a recurrence takes less time than the wait between two dispatches, by the cost model
 * (docs/model.md). */
const brief = 256

/** Small layers are fused over time, by many workgroups of one row for a large GPU, by few of several for a small one. Large ones take
 * a dispatch a step, by all workgroups together. Three at most. */
function strategiesFor({ batch, layers }: Shape): StrategyName[] {
  const perStep = ([4, 8, 16] as const).find((rows) => rows >= batch) ?? 16
  const fused: StrategyName[] = batch === 1 ? ['fused-1'] : ['fused-1', 'fused-4']
  if (Math.max(...layers.map(({ H4 }) => 4 * H4)) <= brief) return [...fused, `per-step-${perStep}`]
  return perStep === 4 ? ['per-step-4', 'fused-1'] : [`per-step-${perStep}`, `per-step-${perStep === 16 ? 8 : 4}`, 'fused-1']
}

export const workgroup: Implementation = {
  product,
  sumSlices: 16,
  steps,
  strategiesFor,
  sampling,
  fusion: (plan, ctx) => (plan.tuning.strategy.recurrence === 'fused' ? fusionByRows(plan, ctx) : null),
}
