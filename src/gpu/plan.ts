// A plan is data: a list of dispatches, copies and clears that a schedule appends and the engine replays.
// It prints as a table that a person can read.
import { SluiceError } from '../errors'
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
}

/** What kernels leave open for the device to choose. */
export interface Tuning {
  /** Workgroup width of kernels that have it as the override `width`; a multiple of 4. */
  readonly width: number
  /** How many vec4f an invocation of an elementwise kernel takes, where there are enough of them. */
  readonly elements: number
}

export class Plan {
  readonly commands: Command[] = []

  constructor(
    readonly name: string,
    readonly tuning: Tuning,
  ) {}

  dispatch<K extends KernelName>(label: string, kernel: K, { bindings, size, grid, constants = {} }: DispatchOptions<K>): void {
    const { workgroup } = contractOf(kernel)
    const workgroups = [Math.ceil(grid[0] / (workgroup === 'width' ? this.tuning.width : workgroup)), grid[1], grid[2]] as const
    // 65535 is WebGPU's default limit, so what every device has.
    if (workgroups.some((n) => n > 65535))
      throw new SluiceError('too-large', `${label}: a grid of ${workgroups.join('×')} workgroups, at most 65535 in a dimension. Lower the batch or the steps.`)
    const all: Record<string, number> = {}
    for (const [name, value] of Object.entries(constants as Record<string, number | boolean>)) all[name] = Number(value)
    if (workgroup === 'width') all.width = this.tuning.width
    this.commands.push({ kind: 'dispatch', label, kernel, constants: all, bindings, size, workgroups })
  }

  copy(label: string, from: View, to: View): void {
    this.commands.push({ kind: 'copy', label, from, to })
  }

  clear(label: string, view: View): void {
    this.commands.push({ kind: 'clear', label, view })
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
