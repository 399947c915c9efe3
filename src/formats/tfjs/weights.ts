// The weights of TensorFlow.js: a list of names, types and shapes, and their bytes one after the other.
import { show } from '../../errors'
import { badFile, listOf, objectOf } from '../keras/layers'
import { fromHalf } from '../half'
import type { FloatTensor } from '../safetensors'

/** A weight in the order of the bytes, as TensorFlow.js lists it. */
export interface TfjsWeight {
  readonly name: string
  readonly shape: number[]
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64'
  /** How it is stored in fewer bytes: value = stored · scale + min for whole numbers. */
  readonly quantization?: { readonly dtype: 'uint8' | 'uint16' | 'float16'; readonly scale?: number; readonly min?: number }
  /** 'model' or 'optimizer'. */
  readonly group?: string
}

const bytesOf = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const
type Stored = keyof typeof bytesOf

/** The weights by name, but for those of an optimizer. @throws SluiceError `bad-file`. */
export function decodeWeights(list: unknown, data: Uint8Array): Map<string, FloatTensor> {
  const weights = new Map<string, FloatTensor>()
  let at = 0
  for (const item of listOf('the weights of the model', list)) {
    const { name, shape, dtype, quantization, group } = objectOf('a weight of the model', item)
    if (typeof name !== 'string') throw badFile(`the name of a weight is ${show(name)}, expected a text. Was model.json damaged?`)
    const what = `the weight ${name.slice(0, 80)}`
    const dims = listOf(`the shape of ${what}`, shape)
    if (!dims.every((size): size is number => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
      throw badFile(`the shape of ${what} is [${dims.map(show).join(', ').slice(0, 80)}], expected sizes`)
    const { dtype: packed = dtype, scale = 1, min = 0 } = quantization === undefined ? {} : objectOf(`the quantization of ${what}`, quantization)
    if (typeof packed !== 'string' || !Object.hasOwn(bytesOf, packed) || typeof scale !== 'number' || typeof min !== 'number')
      throw badFile(`${what} is stored as ${show(packed)}, expected ${Object.keys(bytesOf).join(', ')}`)
    const count = dims.reduce((n, size) => n * size, 1)
    const size = count * bytesOf[packed as Stored]
    if (at + size > data.length) throw badFile(`${what} ends at byte ${at + size}, but the weights have ${data.length} bytes. Is a shard missing, or cut off?`)
    const bytes = data.subarray(at, (at += size))
    if (group !== 'optimizer')
      weights.set(name, {
        shape: dims,
        get values() {
          return decode(bytes, packed as Stored, quantization === undefined ? null : { scale, min })
        },
      })
  }
  if (at !== data.length)
    throw badFile(`the weights have ${data.length} bytes, expected ${at}, as model.json lists them. Are the shards those of another model?`)
  return weights
}

function decode(bytes: Uint8Array, type: Stored, packed: { readonly scale: number; readonly min: number } | null): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const all = (size: number, at: (offset: number) => number) => Float32Array.from({ length: bytes.length / size }, (_, i) => at(i * size))
  switch (type) {
    case 'float32':
      return new Float32Array(new Uint8Array(bytes).buffer) // a copy, because typed arrays need an aligned offset
    case 'int32':
      return all(4, (at) => view.getInt32(at, true))
    case 'float16':
      return all(2, (at) => fromHalf(view.getUint16(at, true)))
    case 'uint16':
      return all(2, (at) => view.getUint16(at, true) * (packed?.scale ?? 1) + (packed?.min ?? 0))
    default:
      return all(1, (at) => view.getUint8(at) * (packed?.scale ?? 1) + (packed?.min ?? 0))
  }
}
