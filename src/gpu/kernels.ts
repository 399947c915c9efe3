// The kernels as the plans see them: a name, typed by its contract, and the text behind it.
import { contracts } from './contracts'

export type KernelName = keyof typeof contracts
type Contract<K extends KernelName> = (typeof contracts)[K]
type Fields = Readonly<Record<string, { readonly type: string; readonly offset: number }>>

/** The names a kernel gives its bindings; TypeScript refuses any other. */
export type BindingName<K extends KernelName> = keyof Contract<K>['bindings']
/** The fields of its uniform struct. */
export type UniformField<K extends KernelName> = keyof Contract<K>['uniform']['fields']
/** Its override constants, but for the workgroup's width, which the device chooses. */
export type Overrides<K extends KernelName> = Partial<Record<Exclude<keyof Contract<K>['overrides'], 'width'>, number | boolean>>

const sources = import.meta.glob<{ readonly plain: string; readonly subgroups?: string }>(['../../shaders/**/*.wgsl', '!../../shaders/lib/**'], { eager: true, import: 'default' })

/** The text of a kernel, its imports joined, for a device with or without subgroups. */
export function source(kernel: KernelName, subgroups: boolean): string {
  const { plain, subgroups: shared = plain } = sources[`../../shaders/${kernel}.wgsl`]!
  return subgroups ? shared : plain
}

let digest: string | undefined
/** Another word for other kernels: FNV-1a of all their texts. */
export function kernelsDigest(): string {
  if (digest === undefined) {
    let hash = 0x811c9dc5
    for (const { plain, subgroups = '' } of Object.values(sources)) for (const c of plain + subgroups) hash = Math.imul(hash ^ c.codePointAt(0)!, 0x01000193)
    digest = (hash >>> 0).toString(36)
  }
  return digest
}

/** A contract seen without its particulars, for code that walks over any kernel. */
export interface AnyContract {
  readonly workgroup: number | 'width'
  readonly uniform: { readonly size: number; readonly fields: Fields }
  readonly bindings: Readonly<Record<string, { readonly binding: number; readonly access: 'read' | 'read_write' }>>
  readonly overrides: Readonly<Record<string, string>>
}

export const contractOf = (kernel: KernelName): AnyContract => contracts[kernel]

/** Writes the fields of a struct that lives in a storage buffer or a uniform, at the offsets of its reflection. */
export function writeStruct(view: DataView, at: number, fields: Fields, values: Readonly<Record<string, number>>): void {
  for (const [name, { type, offset }] of Object.entries(fields)) {
    const value = values[name] ?? 0
    if (type === 'f32') view.setFloat32(at + offset, value, true)
    else view.setUint32(at + offset, value, true)
  }
}
