// The bytes of a file, from what a page or a program has at hand: each of the things that are not bytes is told its own way there.
import { show, SluiceError, typedArrayName } from './errors'

/** Whether the memory of a typed array went to another thread by `postMessage` or `transfer`. */
export const isDetached = ({ byteLength, buffer }: ArrayBufferView): boolean => byteLength === 0 && byteLengthOf(buffer) === 0 && isGone(buffer as ArrayBuffer)
const isGone = (buffer: ArrayBuffer): boolean => {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true // no array can be made over it
  }
}

/** The size of an ArrayBuffer or a SharedArrayBuffer; undefined for all else. */
function byteLengthOf(value: unknown, kind: { readonly prototype: object } = ArrayBuffer): number | undefined {
  try {
    return Object.getOwnPropertyDescriptor(kind.prototype, 'byteLength')!.get!.call(value) as number
  } catch {
    return undefined
  }
}
// Chrome has the name only in pages that are isolated from others.
const isShared = (value: unknown): boolean => typeof SharedArrayBuffer !== 'undefined' && byteLengthOf(value, SharedArrayBuffer) !== undefined

/** The bytes of a file, as an array of them.
 * @throws SluiceError `bad-value` where they are none: «bytes is an object (File), expected a Uint8Array or an ArrayBuffer. …». */
export function checkBytes(name: string, value: unknown, advice = ''): Uint8Array {
  const isBuffer = byteLengthOf(value) !== undefined
  const bytes = isBuffer || typedArrayName(value) === 'Uint8Array' ? (value as Uint8Array | ArrayBuffer) : undefined
  if (isShared(value) || (bytes && !isBuffer && isShared((bytes as Uint8Array).buffer)))
    throw new SluiceError(
      'bad-value',
      `${name} is in a SharedArrayBuffer, which another thread may change while it is read. Copy it first: new Uint8Array(${name}).slice()`,
    )
  if (!bytes) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected a Uint8Array or an ArrayBuffer. ${wayToBytes(name, value)}${advice}`)
  if (isBuffer ? isGone(bytes as ArrayBuffer) : isDetached(bytes as Uint8Array))
    throw new SluiceError(
      'bad-value',
      `${name} is detached: its memory was transferred, to a worker for instance, and is empty here. Give a copy away instead (${name}.slice())`,
    )
  return isBuffer ? new Uint8Array(bytes as ArrayBuffer) : (bytes as Uint8Array)
}

/** How to come from what was given to its bytes. */
function wayToBytes(name: string, value: unknown): string {
  const has = (method: string): boolean => {
    try {
      return typeof (value as Record<string, unknown>)[method] === 'function'
    } catch {
      return false
    }
  }
  if (typeof value === 'string') return `A string is no file: read the file that it names, or for text in it use new TextEncoder().encode(${name})`
  if (ArrayBuffer.isView(value)) return `Take the bytes that it is made of: new Uint8Array(${name}.buffer, ${name}.byteOffset, ${name}.byteLength)`
  if (value === undefined || value === null) return 'Was the file not there, or not read yet?'
  if (has('arrayBuffer')) return 'For a File or a Response, await its arrayBuffer() first'
  if (has('then')) return 'It is a promise: await it first'
  if (has('getReader')) return `It is a stream: await new Response(${name}).arrayBuffer() first`
  if (show(value).startsWith('an array')) return `Make bytes of the numbers first: Uint8Array.from(${name})`
  return 'Read the file first, for instance by fetch(…) and its arrayBuffer()'
}
