// The archives of NumPy (np.savez): a zip of .npy files, each of which is a line that says type, order and shape, and the numbers.
import { checkBytes } from '../../bytes'
import { show, SluiceError } from '../../errors'
import { fromHalf } from '../half'
import type { FloatTensor } from '../safetensors'
import { isZip, readZip } from '../zip'

const bad = (what: string): SluiceError => new SluiceError('bad-file', what)
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** How a number of each type is read, and its bytes. */
const types: Readonly<Record<string, readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number]>> = {
  f2: [2, (view, at, little) => fromHalf(view.getUint16(at, little))],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
}

/** The arrays of an `.npz` file by name, as `np.savez` and `np.savez_compressed` write it; the values in float32, row-major.
 *
 * A pickle of arrays (`.pkl`) is a program that only Python runs. Write it as one: `np.savez('model.npz', **pickle.load(open('model.pkl', 'rb')))`.
 * @throws SluiceError `bad-file` for what is no such archive, is damaged, or has an array of Python objects; `bad-value` for anything but bytes. */
export async function readNpz(bytes: Uint8Array | ArrayBuffer): Promise<Map<string, FloatTensor>> {
  const file = checkBytes('bytes', bytes)
  if (!isZip(file))
    throw bad(
      "the file is not an .npz file: it is no zip archive. Write a pickle or a single array as one in Python: np.savez('model.npz', **arrays), arrays by name",
    )
  return new Map([...(await readZip(file))].map(([name, npy]) => [name.replace(/\.npy$/, ''), arrayOf(name.slice(0, 80), npy)]))
}

function arrayOf(name: string, bytes: Uint8Array): FloatTensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || !magic.every((byte, i) => bytes[i] === byte))
    throw bad(`${name} of the archive is no .npy file. Was the archive written by np.savez?`)
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)]
  const header = new TextDecoder().decode(bytes.subarray(start, start + length))
  const [, order, type] = /'descr':\s*'([<>|=])(\w+)'/.exec(header) ?? []
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(header) ?? []
  const [, list] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? []
  if (type === undefined || fortran === undefined || list === undefined)
    throw bad(`${name} of the archive says ${show(header.trim())}, expected the type, the order and the shape of one array. Was it damaged?`)
  if (!Object.hasOwn(types, type))
    throw bad(`${name} of the archive has the type ${type}, expected floats or whole numbers: ${Object.keys(types).join(', ')}. Save it by .astype(np.float32)`)
  const shape = list.split(',').flatMap((size) => (size.trim() ? Number(size) : []))
  const count = shape.reduce((n, size) => n * size, 1)
  const [size, read] = types[type]!
  if (bytes.length !== start + length + count * size)
    throw bad(
      `${name} of the archive has ${bytes.length - start - length} bytes, expected ${count * size} for its shape [${shape.join(', ')}]. Was it cut off?`,
    )
  const at = fortran === 'True' ? columnMajor(shape) : (i: number) => i
  return { shape, values: Float32Array.from({ length: count }, (_, i) => read(view, start + length + at(i) * size, order !== '>')) }
}

/** Where an element of the row-major order stands in the column-major one, whose first index runs fastest. */
function columnMajor(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((n, size) => n * size, 1))
  return (i) => {
    let [rest, at] = [i, 0]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!
      rest = Math.floor(rest / shape[axis]!)
    }
    return at
  }
}
