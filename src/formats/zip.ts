// Zip archives, as Keras and NumPy write them: stored or deflated entries, each with its CRC-32, which is checked.
import { SluiceError } from '../errors'
import { crc32 } from './checksum'

const badFile = (what: string) => new SluiceError('bad-file', what)

const signatures = { local: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 } as const
const damaged = (what: string) => badFile(`the zip archive ${what}. Was the file damaged or cut off?`)

export const isZip = (bytes: Uint8Array): boolean => bytes.length >= 4 && view(bytes).getUint32(0, true) === signatures.local

const view = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** The files of an archive, by name. @throws SluiceError `bad-file`: damaged, encrypted, compressed in another way, or larger than 4 GB. */
export async function readZip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const data = view(bytes)
  // The end of the archive has a comment of up to 65535 bytes.
  let end = bytes.length - 22
  while (end >= 0 && end >= bytes.length - 22 - 0xffff && data.getUint32(end, true) !== signatures.end) end--
  if (end < 0 || data.getUint32(end, true) !== signatures.end) throw damaged('has no end')
  const [count, directory] = [data.getUint16(end + 10, true), data.getUint32(end + 16, true)]
  const files = new Map<string, Uint8Array>()
  try {
    let at = directory
    for (let i = 0; i < count; i++) {
      if (data.getUint32(at, true) !== signatures.entry) throw damaged(`has no entry ${i}`)
      const [flags, method, crc, size, full, nameLength, extra, comment, start] = [
        data.getUint16(at + 8, true),
        data.getUint16(at + 10, true),
        data.getUint32(at + 16, true),
        data.getUint32(at + 20, true),
        data.getUint32(at + 24, true),
        data.getUint16(at + 28, true),
        data.getUint16(at + 30, true),
        data.getUint16(at + 32, true),
        data.getUint32(at + 42, true),
      ]
      const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength))
      if (size === 0xffffffff || start === 0xffffffff) throw badFile(`${name.slice(0, 60)} of the zip archive is larger than 4 GB`)
      if (data.getUint32(start, true) !== signatures.local) throw damaged(`has no ${name.slice(0, 60)}`)
      const from = start + 30 + data.getUint16(start + 26, true) + data.getUint16(start + 28, true)
      const packed = bytes.subarray(from, from + size)
      if (flags & 1 || (method !== 0 && method !== 8))
        throw badFile(`${name.slice(0, 60)} of the zip archive is encrypted, or compressed in another way than by deflate`)
      const file = method === 0 ? packed : await inflate(packed, full)
      if (file.length !== full || crc32(file) !== crc) throw damaged(`has ${name.slice(0, 60)} with a wrong checksum`)
      files.set(name, file)
      at += 46 + nameLength + extra + comment
    }
  } catch (cause) {
    // Offsets beyond the end, and what DecompressionStream refuses.
    if (cause instanceof RangeError || cause instanceof TypeError) throw damaged('is cut off')
    throw cause
  }
  return files
}

/** @param size of the result: a stream that goes on beyond it is stopped */
async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    if ((length += value.length) > size) {
      await reader.cancel()
      throw damaged('has a file that is larger than it says')
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** An archive of stored files. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const entries = [...files].map(([name, bytes]) => ({ name: encoder.encode(name), bytes, crc: crc32(bytes) }))
  const size = entries.reduce((sum, { name, bytes }) => sum + 76 + 2 * name.length + bytes.length, 22)
  const archive = new Uint8Array(size)
  const data = view(archive)
  // Version 2.0, no flags, stored, 1 January 1980: the same network makes the same file.
  const header = (at: number, { name, bytes, crc }: (typeof entries)[0]): void => {
    data.setUint16(at, 20, true)
    data.setUint16(at + 8, 0x21, true)
    data.setUint32(at + 10, crc, true)
    data.setUint32(at + 14, bytes.length, true)
    data.setUint32(at + 18, bytes.length, true)
    data.setUint16(at + 22, name.length, true)
  }
  let at = 0
  const starts = entries.map((entry) => {
    const start = at
    data.setUint32(at, signatures.local, true)
    header(at + 4, entry)
    archive.set(entry.name, at + 30)
    archive.set(entry.bytes, at + 30 + entry.name.length)
    at += 30 + entry.name.length + entry.bytes.length
    return start
  })
  const directory = at
  entries.forEach((entry, i) => {
    data.setUint32(at, signatures.entry, true)
    data.setUint16(at + 4, 20, true)
    header(at + 6, entry)
    data.setUint32(at + 42, starts[i]!, true)
    archive.set(entry.name, at + 46)
    at += 46 + entry.name.length
  })
  data.setUint32(at, signatures.end, true)
  data.setUint16(at + 8, entries.length, true)
  data.setUint16(at + 10, entries.length, true)
  data.setUint32(at + 12, at - directory, true)
  data.setUint32(at + 16, directory, true)
  return archive
}
