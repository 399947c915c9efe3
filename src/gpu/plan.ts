// A plan is data: a list of dispatches, copies and clears that a schedule appends and the engine replays.
// It prints as a table that a person can read.
import { SluiceError } from '../errors'
import { contractOf, type BindingName, type KernelName, type Overrides, type UniformField } from './kernels'
import type { Tuning } from './tuning'
import type { View } from './view'

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

/** Workgroups in a dimension of a dispatch: WebGPU's default limit, so what every device has. Where y has more, z takes over
 * (shaders/lib/grid.wgsl). */
export const mostWorkgroups = 65535

/** The grid of `n` invocations of a kernel whose workgroups have `width`: where x ends, y takes over (shaders/lib/grid.wgsl). */
export const flatGrid = (n: number, width: number): readonly [number, number, number] => {
  const row = mostWorkgroups * width
  return [Math.min(n, row), Math.ceil(n / row), 1]
}

/** A list of commands that is recorded once and replayed. It prints as a table. */
export class Plan {
  /** @internal */
  readonly commands: Command[] = []

  /** @internal */
  constructor(
    readonly name: string,
    /** @internal */
    readonly tuning: Tuning,
  ) {}

  /** @internal */
  dispatch<K extends KernelName>(
    label: string,
    kernel: K,
    { bindings, size, grid: [x, y, z], constants = {}, width = this.tuning.width }: DispatchOptions<K>,
  ): void {
    const { workgroup, overrides } = contractOf(kernel)
    const all: Record<string, number> = {}
    for (const [name, value] of Object.entries(constants as Record<string, number | boolean>)) all[name] = Number(value)
    if (workgroup === 'width') all.width = width
    const slices = Math.ceil(y / mostWorkgroups)
    if (slices > 1 && overrides.includes('y_slices')) all.y_slices = slices
    const groups = Math.ceil(x / (workgroup === 'width' ? width : workgroup))
    const workgroups = all.y_slices ? ([groups, Math.ceil(y / slices), z * slices] as const) : ([groups, y, z] as const)
    if (workgroups.some((n) => n > mostWorkgroups))
      throw new SluiceError(
        'too-large',
        `${label}: a grid of ${workgroups.join('×')} workgroups, at most ${mostWorkgroups} in a dimension. Lower the sizes of the layers.`,
      )
    this.commands.push({ kind: 'dispatch', label, kernel, constants: all, bindings, size, workgroups })
  }

  /** @internal */
  copy(label: string, from: View, to: View): void {
    this.commands.push({ kind: 'copy', label, from, to })
  }

  /** @internal */
  clear(label: string, view: View): void {
    this.commands.push({ kind: 'clear', label, view })
  }

  /** Appends what `work` does for 0, 1, … `count` − 1: each time as many dispatches, so that they can be counted without a loop.
   * @internal */
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
      c.kind === 'dispatch' ? [c.label, c.kernel, c.workgroups.join('×')] : [c.label, c.kind, `${c.kind === 'copy' ? c.from.size : c.view.size} bytes`],
    )
    const widths = [0, 1].map((i) => Math.max(0, ...rows.map((row) => row[i]!.length)))
    return [
      `${this.name}: ${this.dispatches} dispatches`,
      ...rows.map((row) => `${row[0]!.padEnd(widths[0]!)} │ ${row[1]!.padEnd(widths[1]!)} │ ${row[2]}`),
    ].join('\n')
  }
}

/** Counts its dispatches and lists none, in no more time for a million steps than for one. */
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
