// The checksum of a model file: the CRC-32 of gzip, PNG and Python's zlib.crc32, eight bytes at a time (slicing-by-8). It covers the
// content and not the layout of the header, so a tool may write the tensors in another order.
import type { Dtype } from './safetensors'

/** Eight tables of 256: tables[k * 256 + b] is the CRC of byte b, followed by k bytes of zero. */
const tables = /* @__PURE__ */ makeTables()
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let b = 0; b < 256; b++) {
    let crc = b
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    tables[b] = crc
  }
  for (let i = 256; i < 8 * 256; i++) tables[i] = (tables[i - 256]! >>> 8) ^ tables[tables[i - 256]! & 0xff]!
  return tables
}

/** CRC-32 of the bytes. `before`: the CRC of bytes that precede them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  let i = 0
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc =
      tables[0x700 | (crc & 0xff)]! ^
      tables[0x600 | ((crc >>> 8) & 0xff)]! ^
      tables[0x500 | ((crc >>> 16) & 0xff)]! ^
      tables[0x400 | (crc >>> 24)]! ^
      tables[0x300 | bytes[i + 4]!]! ^
      tables[0x200 | bytes[i + 5]!]! ^
      tables[0x100 | bytes[i + 6]!]! ^
      tables[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[i]!) & 0xff]!
  return ~crc >>> 0
}

/** A tensor as a file stores it: little-endian, row-major. */
export interface TensorBytes {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** The checksum of a file with this metadata and these tensors, 8 hexadecimal digits: the CRC-32 of
 * `[[[key, text], …], [[name, dtype, shape], …]]` in JSON, each list sorted by its first item, followed by the bytes of the
 * tensors in the order of their names. The key `checksum` of the metadata is left out. */
export function checksumOf(metadata: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, TensorBytes>): string {
  const { checksum: _, ...texts } = metadata
  const sorted = <Value>(entries: Iterable<[string, Value]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  const ordered = sorted(tensors)
  const header = JSON.stringify([sorted(Object.entries(texts)), ordered.map(([name, { dtype, shape }]) => [name, dtype, shape])])
  let crc = crc32(new TextEncoder().encode(header))
  for (const [, { bytes }] of ordered) crc = crc32(bytes, crc)
  return crc.toString(16).padStart(8, '0')
}
