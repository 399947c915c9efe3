// The safetensors format (https://huggingface.co/docs/safetensors): eight bytes with the length of a header (u64,
// little-endian), the header in JSON with the type, the shape and the byte range of each tensor, then the bytes of all
// tensors without gaps. `__metadata__` of the header has strings by name.
//
// A file may come from anywhere: all of it is checked before it is used, and no size in it is allocated unchecked.
import { checkBytes } from '../bytes'
import { checkList, checkMap, checkObject, readSafely, show, showList, SluiceError, typedArrayName } from '../errors'
import { fromHalf } from './half'

/** Numbers with their shape, row-major. */
export interface FloatTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Bits of an element, by the name of its type. */
const bits = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const
/** The element types of the format. */
export type Dtype = keyof typeof bits

/** A tensor of a file. Its bytes are not copied; `values` converts them at each call. */
export class StoredTensor implements FloatTensor {
  constructor(
    readonly name: string,
    readonly dtype: Dtype,
    readonly shape: readonly number[],
    /** Little-endian, row-major. */
    readonly bytes: Uint8Array,
  ) {}

  /** The values in float32: exact from F32, F16 and BF16, rounded from F64.
   * @throws SluiceError `bad-file` for another type. */
  get values(): Float32Array<ArrayBuffer> {
    // A copy, because typed arrays need an aligned offset. (`slice` of a Node Buffer does not copy.)
    const { buffer } = new Uint8Array(this.bytes)
    switch (this.dtype) {
      case 'F32':
        return new Float32Array(buffer)
      case 'F64':
        return Float32Array.from(new Float64Array(buffer))
      case 'F16':
        return Float32Array.from(new Uint16Array(buffer), fromHalf)
      case 'BF16':
        return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (b) => b << 16).buffer)
      default:
        throw badFile(`${this.name} has type ${this.dtype}, expected F32, F16, BF16 or F64. Convert it before you save it`)
    }
  }
}

/** What a file has: tensors by name, and texts by key. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** The longest header that the format allows, in bytes. */
const longestHeader = 100_000_000

const badFile = (what: string, options?: ErrorOptions) => new SluiceError('bad-file', what, options)
const damaged = 'Was it damaged, or is it not a safetensors file?'
const cutOff = 'The file is cut off: copy or download it again'

/** Reads a file. Its bytes are not copied, so do not change them while you use the tensors.
 * @throws SluiceError `bad-file` for a damaged file, and says where; `bad-value` for anything but bytes. */
export function readSafetensors(input: Uint8Array | ArrayBuffer): SafetensorsFile {
  const bytes = checkBytes('bytes', input)
  const length = bytes.length < 8 ? 0n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  // Only if the length is impossible: the bytes of a possible one may look like another format.
  const other = bytes.length < 8 || length > bytes.length - 8 ? describeOtherFormat(bytes) : undefined
  if (other) throw badFile(`the file is not a safetensors file: it is ${other}`)
  if (bytes.length < 8) throw badFile(`the file has ${bytes.length} bytes, expected at least 8 (the length of the header). ${cutOff}`)
  if (length > longestHeader) throw badFile(`the header of the file would have ${length} bytes, expected at most ${longestHeader}. Is it a safetensors file?`)
  if (Number(length) > bytes.length - 8)
    throw badFile(`the header of the file has ${length} bytes, but the file has only ${bytes.length - 8} after the length. ${cutOff}`)
  const start = 8 + Number(length)
  const header = parseHeader(bytes.subarray(8, start))
  const data = bytes.subarray(start)
  checkComplete(header, data.length)
  const tensors = new Map<string, StoredTensor>()
  const spans: { name: string; begin: number; end: number }[] = []
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { dtype, shape, begin, end } = checkEntry(name, entry, data.length)
    tensors.set(name, new StoredTensor(name, dtype, shape, data.subarray(begin, end)))
    spans.push({ name, begin, end })
  }
  checkSpans(spans, data.length)
  return { tensors, metadata: checkMetadata(header.__metadata__) }
}

/** The format that the first bytes of another file show, and what to do with it. */
function describeOtherFormat(bytes: Uint8Array): string | undefined {
  const first = String.fromCharCode(...bytes.subarray(0, 40))
  const save = "In Python, save the state_dict with safetensors: from safetensors.torch import save_file; save_file(model.state_dict(), 'model.safetensors')"
  if (first.startsWith('PK\x03\x04')) return `a zip archive, as torch.save and Keras (.keras) write. ${save}`
  if (/^\x80[\x02-\x05]/.test(first) && bytes[7] !== 0) return `a pickle, as torch.save wrote before 1.6. ${save}`
  if (first.startsWith('\x89HDF')) return 'an HDF5 file, as Keras writes it (.h5). Save the weights with safetensors instead'
  if (first.startsWith('GGUF')) return 'a GGUF file. Save the weights with safetensors instead'
  if (first.startsWith('\x1f\x8b')) return 'compressed by gzip. Decompress it first'
  if (first.startsWith('version https://git-lfs')) return 'a pointer of Git LFS in place of the file. Fetch the file with git lfs pull'
  if (/^\s*<(!doctype|html|\?xml)/i.test(first)) return 'a web page, perhaps an error page of the server. Open its address in a browser'
  if (/^\s*[{[]\s*["{[\]}]/.test(first)) return 'JSON. Read a vocabulary by Vocabulary.fromJSON(JSON.parse(text))'
  return undefined
}

/** @throws SluiceError `bad-file` for a file that ends before its tensors do. */
function checkComplete(header: Readonly<Record<string, unknown>>, available: number): void {
  let needed = 0
  for (const entry of Object.values(header)) {
    const offsets = isObject(entry) ? entry.data_offsets : undefined
    if (Array.isArray(offsets) && isCount(offsets[1])) needed = Math.max(needed, offsets[1])
  }
  if (needed > available)
    throw badFile(
      `the file has ${available} bytes of tensors, but its header declares ${needed}: ${needed - available} bytes are missing at the end. ${cutOff}`,
    )
}

/** A shape in a message: `[2, 3]`. */
export const shapeOf = (shape: readonly number[]): string => `[${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isObject(header)) return header
  } catch (cause) {
    throw badFile(`the header of the file is not JSON: ${(cause as Error).message}. ${damaged}`, { cause })
  }
  throw badFile(`the header of the file is not a JSON object. ${damaged}`)
}

function checkEntry(name: string, entry: unknown, available: number): { dtype: Dtype; shape: readonly number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {}
  if (typeof dtype !== 'string' || !Object.hasOwn(bits, dtype))
    throw badFile(`${name} has dtype ${show(dtype)}, expected one of ${Object.keys(bits).join(', ')}. Was the file written by a newer program?`)
  if (!Array.isArray(shape) || !shape.every(isCount)) throw badFile(`${name} has shape ${showList(shape)}, expected a list of whole numbers`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw badFile(`${name} has data_offsets ${showList(offsets)}, expected [begin, end]`)
  const [begin, end] = offsets as [number, number]
  if (begin > end || end > available) throw badFile(`${name} has the bytes ${begin} to ${end}, but the file has bytes 0 to ${available} of tensors. ${damaged}`)
  const needed = (shape.reduce((n, size) => n * size, 1) * bits[dtype as Dtype]) / 8
  if (needed !== end - begin)
    throw badFile(`${name} is ${dtype} ${shapeOf(shape)}, which takes ${needed} bytes, but its range has ${end - begin} (${begin} to ${end}). ${damaged}`)
  return { dtype: dtype as Dtype, shape, begin, end }
}

/** The tensors, in the order of their bytes, must follow each other without overlap or gap, to the end of the file. */
function checkSpans(spans: { name: string; begin: number; end: number }[], available: number): void {
  let end = 0
  let last = 'the header'
  for (const span of spans.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (span.begin < end) throw badFile(`${span.name} begins at byte ${span.begin}, within ${last}, which ends at ${end}. ${damaged}`)
    if (span.begin > end) throw badFile(`bytes ${end} to ${span.begin}, between ${last} and ${span.name}, belong to no tensor. ${damaged}`)
    ;({ end, name: last } = span)
  }
  if (end < available) throw badFile(`${available - end} bytes after ${last} belong to no tensor. ${damaged}`)
}

function checkMetadata(metadata: unknown = {}): Record<string, string> {
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw badFile(`the __metadata__ of the file is not an object of strings. ${damaged}`)
  return metadata as Record<string, string>
}

/** Writes a file: tensors in F32, in the order of the map. The header is padded with spaces so that they start at a
 * multiple of 8 bytes.
 * @throws SluiceError `bad-shape` if values and shape do not fit; `bad-value` for a tensor named `__metadata__`. */
export function writeSafetensors(tensors: ReadonlyMap<string, FloatTensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const texts = checkTexts(metadata)
  const list = checkMap('tensors', tensors, 'from name to { shape, values }').map(([name, tensor]) => [name, checkTensor(name, tensor)] as const)
  const entries: [string, unknown][] = Object.keys(texts).length > 0 ? [['__metadata__', texts]] : []
  let bytes = 0
  for (const [name, { shape, values }] of list) {
    if (name === '__metadata__') throw new SluiceError('bad-value', 'a tensor is named __metadata__, but the format reserves that name. Rename the tensor.')
    if (values.length !== shape.reduce((n, size) => n * size, 1))
      throw new SluiceError(
        'bad-shape',
        `${name} has ${values.length} values, expected ${shape.reduce((n, size) => n * size, 1)} for its shape ${shapeOf(shape)}`,
      )
    entries.push([name, { dtype: 'F32', shape, data_offsets: [bytes, (bytes += values.length * 4)] }])
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const start = 8 + Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(start + bytes).fill(0x20, 8 + json.length, start)
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true)
  file.set(json, 8)
  let at = start
  for (const [, { values }] of list) {
    new Float32Array(file.buffer, at, values.length).set(values)
    at += values.length * 4
  }
  return file
}

/** A copy of the tensor. @throws SluiceError `bad-value` for anything but a tensor. */
export function checkTensor(name: string, tensor: FloatTensor): FloatTensor {
  checkObject(name, tensor, '{ shape: [2, 3], values: new Float32Array(6) }')
  const { shape, values } = readSafely(name, tensor, () => ({ shape: tensor.shape, values: tensor.values }))
  if (typedArrayName(values) !== 'Float32Array') throw new SluiceError('bad-value', `the values of ${name} are ${show(values)}, expected a Float32Array`)
  const sizes = checkList(`the shape of ${name}`, shape, 'of whole numbers', { max: 64 })
  if (!sizes.every(isCount)) throw new SluiceError('bad-value', `the shape of ${name} is ${showList(shape)}, expected a list of whole numbers`)
  return { shape: sizes, values }
}

/** @throws SluiceError `bad-value` for metadata that are not strings. */
export function checkTexts(metadata: Readonly<Record<string, string>>): Record<string, string> {
  checkObject('metadata', metadata, "{ author: 'me' }")
  const entries = readSafely('metadata', metadata, () => Object.entries(metadata))
  for (const [name, text] of entries) if (typeof text !== 'string') throw new SluiceError('bad-value', `metadata.${name} is ${show(text)}, expected a string`)
  return Object.fromEntries(entries)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
