// Recurrence strategies: how the steps of a recurrence are dispatched, and by which kernels. A strategy is a record of one table; the
// option `strategy` names it. All compute the same, to rounding.
import { show, SluiceError } from '../errors'

interface Kind {
  /** `per-step`: a dispatch a step, by as many workgroups as it takes. `fused` over time: as many steps as fit into 50 ms, each tile of
   * rows by one workgroup that loops over time. `resident`: as fused, by workgroups that keep U in registers and make their rows one
   * after the other; a layer too large for that is made per step. */
  readonly recurrence: 'per-step' | 'fused' | 'resident'
  /** Which kernels make it, and the products over all steps. `workgroup`: those of a GPU, whose workgroup makes a tile together.
   * `tile`: those of a software adapter, whose invocation makes a tile alone. `resident`: those that keep matrices in registers. */
  readonly kernels: 'workgroup' | 'tile' | 'resident'
  /** Rows of the batch in a tile, or of a workgroup that makes one after the other; at most. */
  readonly rows: number
}

const table = {
  'resident-16': { recurrence: 'resident', kernels: 'resident', rows: 16 },
  'resident-8': { recurrence: 'resident', kernels: 'resident', rows: 8 },
  'resident-4': { recurrence: 'resident', kernels: 'resident', rows: 4 },
  'per-step-16': { recurrence: 'per-step', kernels: 'workgroup', rows: 16 },
  'per-step-8': { recurrence: 'per-step', kernels: 'workgroup', rows: 8 },
  'per-step-4': { recurrence: 'per-step', kernels: 'workgroup', rows: 4 },
  'fused-4': { recurrence: 'fused', kernels: 'workgroup', rows: 4 },
  'fused-2': { recurrence: 'fused', kernels: 'workgroup', rows: 2 },
  'fused-1': { recurrence: 'fused', kernels: 'workgroup', rows: 1 },
  'tile-16': { recurrence: 'per-step', kernels: 'tile', rows: 16 },
  'tile-8': { recurrence: 'per-step', kernels: 'tile', rows: 8 },
  'tile-4': { recurrence: 'per-step', kernels: 'tile', rows: 4 },
} as const satisfies Readonly<Record<string, Kind>>

/** The name of a recurrence strategy, with the rows of a tile: `per-step` and `fused` are made for GPUs, `tile` for software adapters,
 * `resident` (register-resident weights) for SwiftShader. All compute the same, to rounding. */
export type StrategyName = keyof typeof table

/** How recurrences are dispatched: by name, for runs that shall be the same to the bit on another day; `auto`: the fastest that was measured
 * here, and until then the best guess, while the others are timed beside the work; `fastest`: measured first, which takes a moment. */
export type StrategyOption = StrategyName | 'auto' | 'fastest'

export interface Strategy extends Kind {
  readonly name: StrategyName
}

/** The names of all recurrence strategies. */
export const strategyNames = /* @__PURE__ */ Object.keys(table) as readonly StrategyName[]

export const strategyOf = (name: StrategyName): Strategy => ({ name, ...table[name] })

/** What the adapter is to the kernels: hardware; SwiftShader, whose compiler takes code as long as that which keeps matrices in
 * registers; or another program on the CPU. The compilers of those take far longer (llvmpipe a minute, for an LSTM of 128 units, which
 * was then no faster), and not all have a name (in Firefox none has). */
export type AdapterKind = 'hardware' | 'swiftshader' | 'software'
export const adapterKind = (isSoftware: boolean, name: string): AdapterKind =>
  !isSoftware ? 'hardware' : /swiftshader/i.test(name) ? 'swiftshader' : 'software'

/** The strategy of an adapter where none was measured or named. */
export const defaultStrategy = (kind: AdapterKind): StrategyName =>
  (({ hardware: 'per-step-16', swiftshader: 'resident-16', software: 'tile-16' }) as const)[kind]

/** @throws SluiceError `bad-value` unless it is the name of one, or a word beside the names. */
export function checkStrategy(name: unknown, words: readonly string[] = []): void {
  const all: readonly unknown[] = [...strategyNames, ...words]
  if (name !== undefined && !all.includes(name)) throw new SluiceError('bad-value', `strategy is ${show(name)}, expected one of ${all.join(', ')}`)
}

/** @throws SluiceError `bad-value` for what is no option `strategy`. */
export const checkStrategyOption = (option: unknown): void => checkStrategy(option, ['auto', 'fastest'])
