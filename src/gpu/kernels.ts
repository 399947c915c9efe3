// The kernels as the plans see them: a name, typed by its contract, and the text behind it.
import type { Choice } from './choices'
import type { Contract, Fields } from './contract'
import { contracts, type Contracts } from './contracts'

/** Every kernel with its contract. Kernels that come in a chunk of their own add theirs (`provideKernels`). */
export interface Kernels extends Contracts {}

export type KernelName = keyof Kernels & string

/** The names a kernel gives its bindings; TypeScript refuses any other. */
export type BindingName<K extends KernelName> = Kernels[K]['bindings']
/** The fields of its uniform struct. */
export type UniformField<K extends KernelName> = Kernels[K]['fields']
/** Its override constants, but for the workgroup's width, which the device chooses; and what is chosen of its text. */
export type Overrides<K extends KernelName> = Partial<Record<Exclude<Kernels[K]['overrides'], 'width'> | Choice, number | boolean>>
/** The fields of a struct in a storage buffer that it binds. */
export type StructField<K extends KernelName, Binding extends keyof Kernels[K]['structs']> = Kernels[K]['structs'][Binding] & string

/** The text of a kernel, its imports joined, for any device and, where it differs, for one with subgroups. */
export interface Source {
  readonly plain: () => string
  readonly subgroups?: () => string
}

const sources = import.meta.glob<Source>(['../../shaders/**/*.wgsl', '!../../shaders/**/lib/**', '!../../shaders/{tile,resident}/**'], {
  eager: true,
  import: 'default',
})

/** Kernels that were loaded later, by file and by name. */
interface More {
  readonly sources: Readonly<Record<string, Source>>
  readonly contracts: Readonly<Record<string, Contract>>
}
let more: More | undefined

/** Adds kernels of a chunk of its own: their sources by file, as import.meta.glob gives them, and their contracts by name. */
export function provideKernels(kernels: More): void {
  more = { sources: { ...more?.sources, ...kernels.sources }, contracts: { ...more?.contracts, ...kernels.contracts } }
  digest = undefined
}

/** The text of a kernel, for a device with or without subgroups. */
export function source(kernel: KernelName, subgroups: boolean): string {
  const file = `../../shaders/${kernel}.wgsl`
  const { plain, subgroups: shared = plain } = (sources[file] ?? more?.sources[file])!
  return subgroups ? shared() : plain()
}

export const contractOf = (kernel: KernelName): Contract => ((contracts as Readonly<Record<string, Contract>>)[kernel] ?? more?.contracts[kernel])!

let digest: string | undefined
/** Another word for other kernels: FNV-1a of all texts that are loaded, without comments and blanks, which a build leaves out. */
export function kernelsDigest(): string {
  if (digest === undefined) {
    let hash = 0x811c9dc5
    for (const { plain, subgroups } of Object.values({ ...sources, ...more?.sources }))
      for (const c of (plain() + (subgroups?.() ?? '')).replace(/\/\/.*|\s/g, '')) hash = Math.imul(hash ^ c.codePointAt(0)!, 0x01000193)
    digest = (hash >>> 0).toString(36)
  }
  return digest
}

/** A struct in a storage buffer that a kernel binds: its size in bytes, and its fields. */
export function structOf<K extends KernelName>(kernel: K, binding: keyof Kernels[K]['structs'] & string): { readonly size: number; readonly fields: Fields } {
  const { size, fields } = contractOf(kernel).bindings[binding]!
  return { size: size!, fields: fields! }
}

/** Writes the fields of a struct that lives in a storage buffer or a uniform, at the offsets of its reflection.
 * @throws Error for a field without a value: a fault of ours. */
export function writeStruct(view: DataView, at: number, fields: Fields, values: Readonly<Record<string, number>>): void {
  for (const [name, [type, offset]] of Object.entries(fields)) {
    const value = values[name]
    if (value === undefined) throw new Error(`the field ${name} has no value`)
    if (type === 'f32') view.setFloat32(at + offset, value, true)
    else view.setUint32(at + offset, value, true)
  }
}
