// HDF5 files, by h5wasm: the C library, which is loaded when it is needed.
import { show, SluiceError } from '../../errors'
import type { FloatTensor } from '../safetensors'
import { badFile } from './layers'

type H5wasm = typeof import('h5wasm')

/** What Keras has in an HDF5 file. */
export interface Hdf5 {
  /** Numbers by path, such as `layers/gru/cell/vars/0`. */
  readonly tensors: ReadonlyMap<string, FloatTensor>
  /** Texts of the root, by name. */
  readonly texts: ReadonlyMap<string, string>
}

const magic = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
export const isHdf5 = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte)

/** Its files are in memory, by names of this module. */
let files = 0

async function load(): Promise<{ h5wasm: H5wasm; module: Awaited<H5wasm['ready']> }> {
  let h5wasm: H5wasm
  try {
    h5wasm = await import('h5wasm')
  } catch (cause) {
    throw new SluiceError('bad-value', 'HDF5 files are read and written by the package h5wasm, which is not there. Install it: npm install h5wasm', { cause })
  }
  return { h5wasm, module: await h5wasm.ready }
}

/** Does the work on a file in the memory of the C library, whose errors are thrown instead of printed. */
async function withFile<Result>(
  mode: 'r' | 'w',
  bytes: Uint8Array | null,
  work: (file: InstanceType<H5wasm['File']>, path: string) => Result,
): Promise<{ result: Result; bytes: Uint8Array<ArrayBuffer> }> {
  const { h5wasm, module } = await load()
  const path = `sluice-${files++}.h5`
  if (bytes) module.FS.writeFile(path, bytes)
  module.activate_throwing_error_handler()
  try {
    const file = new h5wasm.File(path, mode)
    let result: Result
    try {
      result = work(file, path)
    } finally {
      file.close()
    }
    return { result, bytes: new Uint8Array(module.FS.readFile(path)) }
  } finally {
    module.deactivate_throwing_error_handler()
    module.FS.unlink(path)
  }
}

/** @throws SluiceError `bad-file` for a file that the C library refuses, or with numbers of another type than float or integer. */
export async function readHdf5(bytes: Uint8Array): Promise<Hdf5> {
  if (!isHdf5(bytes)) throw badFile('the weights are not an HDF5 file: they begin with other bytes. Is it the file of a Keras model?')
  try {
    const { result } = await withFile('r', bytes, (file) => {
      const tensors = new Map<string, FloatTensor>()
      for (const path of file.paths()) {
        const entity = file.get(path)
        if (entity && 'shape' in entity) tensors.set(path, tensorOf(path, entity))
      }
      const texts = new Map<string, string>()
      for (const [name, attribute] of Object.entries(file.attrs)) if (typeof attribute.value === 'string') texts.set(name, attribute.value)
      return { tensors, texts }
    })
    return result
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause
    throw badFile(`the HDF5 file cannot be read: ${String((cause as Error)?.message ?? cause).slice(0, 120)}. Was it damaged or cut off?`, { cause })
  }
}

/** The values are read now, since the file is closed soon; a wrong type is told when they are asked for. */
function tensorOf(path: string, dataset: InstanceType<H5wasm['Dataset']>): FloatTensor {
  const { shape, dtype } = dataset
  const isNumber = typeof dtype === 'string' && /^[<>|]?[fbBhHiI]/.test(dtype)
  const value = isNumber ? dataset.value : null
  return {
    shape: shape ?? [],
    get values() {
      if (!ArrayBuffer.isView(value)) {
        if (typeof value === 'number') return Float32Array.of(value)
        throw badFile(`${path.slice(0, 100)} holds ${show(dtype)}, expected floats. Save the model without quantization`)
      }
      return new Float32Array(value as unknown as ArrayLike<number>)
    },
  }
}

/** A file with these tensors, each in the groups of its path. */
export async function writeHdf5(tensors: ReadonlyMap<string, FloatTensor>, groups: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await withFile('w', null, (file) => {
    const made = new Set<string>()
    const group = (path: string): void => {
      path.split('/').forEach((_, i, parts) => {
        const part = parts.slice(0, i + 1).join('/')
        if (!made.has(part)) file.create_group(part)
        made.add(part)
      })
    }
    groups.forEach(group)
    for (const [path, { shape, values }] of tensors) {
      group(path.slice(0, path.lastIndexOf('/')))
      file.create_dataset({ name: path, data: values, shape: [...shape], dtype: '<f' })
    }
  })
  return bytes
}
