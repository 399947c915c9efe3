// A plan is data: a list of dispatches, copies and clears that a schedule appends and the engine replays.
// It prints as a table that a person can read.
import { show, SluiceError } from '../errors'
import type { View } from './device'
import { contractOf, type BindingName, type KernelName, type Overrides, type UniformField } from './kernels'

export interface Dispatch {
  readonly kind: 'dispatch'
  readonly label: string
  readonly kernel: KernelName
  /** Override constants. */
  readonly constants: Readonly<Record<string, number>>
  readonly bindings: Readonly<Record<string, View>>
  /** The kernel's uniform struct, by field. */
  readonly size: Readonly<Record<string, number>>
  readonly workgroups: readonly [number, number, number]
}

export interface Copy {
  readonly kind: 'copy'
  readonly label: string
  readonly from: View
  readonly to: View
}

export interface Clear {
  readonly kind: 'clear'
  readonly label: string
  readonly view: View
}

export type Command = Dispatch | Copy | Clear

export interface DispatchOptions<K extends KernelName> {
  readonly bindings: Readonly<Record<BindingName<K>, View>>
  readonly size: Readonly<Record<UniformField<K>, number>>
  /** Invocations wanted in x, workgroups in y and z. */
  readonly grid: readonly [number, number, number]
  readonly constants?: Overrides<K>
  /** Workgroup width, of a kernel that leaves it open; the device's choice unless given. */
  readonly width?: number
}

/** How a recurrence is dispatched, and how many rows of the batch an invocation makes at most (of the products over all steps
 * 16, if not of the batch). `steps`: a dispatch a step, by as many workgroups as it takes; `split`: the same, with the
 * terms of each sum dealt to parts of a workgroup; `diagonal`: layers that follow one another, read forwards and have one cell,
 * hidden size and options make a step each in one dispatch, a layer one step behind the layer below (others are made as `steps`
 * makes them, and so are all where the gates of a segment only are kept: where they are recomputed, and in long runs forward);
 * `whole`: as many steps as fit into 50 ms, each tile of rows by one workgroup that loops over time; `persistent`: the same, by
 * workgroups that hold U and make up to as many rows, one after the other (a layer too large to be held is made as `steps`
 * makes it), and matrices held in the products over all steps, too; `per-step`: made for GPUs, a dispatch a step, by workgroups
 * that make a tile of so many rows together; `fused`: the same, by workgroups that own so many rows and loop over time. All compute the same, to rounding. */
export type PlanName = `per-step-${16 | 8 | 4}` | `fused-${4 | 2 | 1}` | `${'steps' | 'diagonal' | 'whole' | 'persistent'}-${16 | 8 | 4}` | 'steps-32' | 'persistent-32' | 'split-4'
export const planNames: readonly PlanName[] = [
  'persistent-16', 'persistent-32', 'persistent-8', 'persistent-4',
  'per-step-16', 'per-step-8', 'per-step-4', 'fused-4', 'fused-2', 'fused-1',
  'steps-16', 'steps-32', 'steps-8', 'steps-4', 'split-4', 'diagonal-16', 'diagonal-8', 'diagonal-4', 'whole-16', 'whole-8', 'whole-4',
]

/** Whether matrices are held in the invocations (shaders/lib/held.wgsl), where they can be. */
export const isPersistent = ({ plan }: Tuning): boolean => plan.startsWith('persistent')

/** Whether kernels are those made for GPUs (shaders/lib/recurrence.wgsl, product_staged.wgsl): a workgroup makes a tile together. */
export const isGrid = ({ plan }: Tuning): boolean => plan.startsWith('per-step') || plan.startsWith('fused')

/** The rows in a plan's name. */
export const rowsOf = (name: PlanName): number => Number(name.split('-').at(-1))

/** @throws SluiceError `bad-value` unless it is a plan's name. */
export function checkPlan(name: unknown, others: readonly string[] = []): void {
  const all: readonly unknown[] = [...planNames, ...others]
  if (name !== undefined && !all.includes(name))
    throw new SluiceError('bad-value', `plan is ${show(name)}, expected one of ${all.join(', ')}`)
}

/** What kernels leave open for the device, or a measurement, to choose. */
export interface Tuning {
  readonly plan: PlanName
  /** Workgroup width of kernels that have it as the override `width`; a multiple of 4. */
  readonly width: number
  /** The same of a kernel whose workgroup adds up what its invocations made; a power of two. */
  readonly alone: number
  /** How many vec4f an invocation of an elementwise kernel takes, where there are enough of them. */
  readonly elements: number
  /** Invocations that a product is cut into, if it can be. */
  readonly busy: number
  /** Workgroups that run side by side: what holds a matrix is cut into as many, if it can be. */
  readonly cores: number
  /** Parts that the terms of a sum are dealt to where a plan splits them, or where a product has too few invocations, and invocations of each part; a multiple of 4. */
  readonly split: number
  readonly splitWidth: number
  /** Most invocations of a workgroup that makes a whole recurrence: of a software adapter one subgroup, which waits for no other. */
  readonly wholeWidth: number
  /** Workgroups that fill the device. */
  readonly groups: number
  /** Floating-point operations a second that one workgroup of these makes at the least. */
  readonly groupRate: number
}

/** Workgroups in a dimension of a dispatch: WebGPU's default limit, so what every device has. Where y has more, z takes over
 * (shaders/lib/slices.wgsl). */
export const mostWorkgroups = 65535

/** The grid of `n` invocations of a kernel whose workgroups have `width`: where x ends, y takes over (shaders/lib/flat_index.wgsl). */
export const flatGrid = (n: number, width: number): readonly [number, number, number] => {
  const row = mostWorkgroups * width
  return [Math.min(n, row), Math.ceil(n / row), 1]
}

export class Plan {
  readonly commands: Command[] = []

  constructor(
    readonly name: string,
    readonly tuning: Tuning,
  ) {}

  dispatch<K extends KernelName>(label: string, kernel: K, { bindings, size, grid: [x, y, z], constants = {}, width = this.tuning.width }: DispatchOptions<K>): void {
    const { workgroup, overrides } = contractOf(kernel)
    const all: Record<string, number> = {}
    for (const [name, value] of Object.entries(constants as Record<string, number | boolean>)) all[name] = Number(value)
    if (workgroup === 'width') all.width = width
    const slices = Math.ceil(y / mostWorkgroups)
    if (slices > 1 && 'slices' in overrides) all.slices = slices
    const groups = Math.ceil(x / (workgroup === 'width' ? width : workgroup))
    const workgroups = all.slices ? ([groups, Math.ceil(y / slices), z * slices] as const) : ([groups, y, z] as const)
    if (workgroups.some((n) => n > mostWorkgroups))
      throw new SluiceError('too-large', `${label}: a grid of ${workgroups.join('×')} workgroups, at most ${mostWorkgroups} in a dimension. Lower the sizes of the layers.`)
    this.commands.push({ kind: 'dispatch', label, kernel, constants: all, bindings, size, workgroups })
  }

  copy(label: string, from: View, to: View): void {
    this.commands.push({ kind: 'copy', label, from, to })
  }

  clear(label: string, view: View): void {
    this.commands.push({ kind: 'clear', label, view })
  }

  /** Appends what `work` does for 0, 1, … `count` − 1: each time as many dispatches, so that they can be counted without a loop. */
  repeat(count: number, work: (i: number) => void): void {
    for (let i = 0; i < count; i++) work(i)
  }

  /** How many dispatches it makes. */
  get dispatches(): number {
    return this.commands.filter((command) => command.kind === 'dispatch').length
  }

  /** A table: label, kernel, workgroups. */
  toString(): string {
    const rows = this.commands.map((c) =>
      c.kind === 'dispatch'
        ? [c.label, c.kernel, c.workgroups.join('×')]
        : [c.label, c.kind, `${c.kind === 'copy' ? c.from.size : c.view.size} bytes`],
    )
    const widths = [0, 1].map((i) => Math.max(0, ...rows.map((row) => row[i]!.length)))
    return [`${this.name}: ${this.dispatches} dispatches`, ...rows.map((row) => `${row[0]!.padEnd(widths[0]!)} │ ${row[1]!.padEnd(widths[1]!)} │ ${row[2]}`)].join('\n')
  }
}

/** A plan on paper: it only counts its dispatches, in no more time for a million steps than for one. */
export class DispatchCount extends Plan {
  #count = 0
  /** How often what is appended now would be. */
  #times = 1

  override dispatch(): void {
    this.#count += this.#times
  }

  override copy(): void {}

  override clear(): void {}

  override repeat(count: number, work: (i: number) => void): void {
    if (count <= 0) return
    const times = this.#times
    this.#times *= count
    work(0)
    this.#times = times
  }

  override get dispatches(): number {
    return this.#count
  }
}
