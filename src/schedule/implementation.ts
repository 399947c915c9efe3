// The seam between a schedule and the kernels of its products and recurrences. Kernels for GPUs are part of every bundle; others come in
// chunks of their own, loaded where an adapter wants them (src/strategies.ts).
import { SluiceError } from '../errors'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { Tuning } from '../gpu/tuning'
import type { Strategy } from '../gpu/strategy'
import type { NetworkSpec } from '../spec'
import type { LayerContext } from './context'
import type { Product } from './products'
import type { StepRun } from './steps'
import type { Unrolled } from './unroll'
import { workgroup } from './workgroup'

/** What dispatches the work of a strategy. */
export interface Implementation {
  /** C = A B + bias, or C += A B: see `Product`. */
  product(plan: Plan, label: string, product: Product): void
  /** Slices of a column, an invocation each, where columns are summed in a dispatch of their own. */
  readonly sumSlices: number
  /** Of a layer that is fused over time: rows of a workgroup, workgroups, and their rate as a multiple of the device's `workgroupRate`; null
   * for a layer that takes a dispatch a step. */
  fusion(plan: Plan, ctx: LayerContext): { readonly rows: number; readonly workgroups: number; readonly rate: number } | null
  /** Steps of a layer, forward or backward: `run.n` of them in one dispatch, or each product of the one there is. */
  steps(plan: Plan, ctx: LayerContext, run: StepRun): void
  /** How many characters one dispatch samples; null where `dispatches` for every character are faster, or the network does not fit. */
  sampling(tuning: Tuning, spec: NetworkSpec, dispatches: number): Sampling | null
  /** Strategies that are worth timing, the best guess first, where the choice is left to a measurement. */
  strategiesFor(shape: Shape): readonly Strategy['name'][]
}

export interface Sampling {
  /** Characters of a submit. */
  readonly steps: number
  /** Dispatches as many steps of a single row as `sampling` says; returns where the commands of each end. */
  sample(plan: Plan, unrolled: Unrolled, sampling: View): number[]
}

/** Whether dropout acts on the state of a layer. */
export interface Drops {
  readonly drops?: { readonly state: unknown } | null
}

/** What tells which strategies are worth timing. */
export interface Shape {
  /** Rows of the batch. */
  readonly batch: number
  readonly layers: readonly (Pick<LayerContext, 'cell' | 'D' | 'H4' | 'G'> & Drops)[]
  readonly cores: number
}

const loaded: Partial<Record<Strategy['kernels'], Implementation>> = {}

export function provideImplementation(kernels: Strategy['kernels'], implementation: Implementation): void {
  loaded[kernels] = implementation
}

export const isLoaded = ({ kernels }: Strategy): boolean => kernels === 'workgroup' || kernels in loaded

/** @throws SluiceError `bad-value` for a strategy whose kernels are not loaded. */
export function implementationOf({ name, kernels }: Strategy): Implementation {
  const implementation = kernels === 'workgroup' ? workgroup : loaded[kernels]
  if (!implementation)
    throw new SluiceError(
      'bad-value',
      `strategy is ${name}, whose kernels are those of software adapters and not loaded yet. openDevice() loads them where the adapter is one, and Network.create on such a device does; or name a plan for GPUs, such as per-step-16.`,
    )
  return implementation
}
