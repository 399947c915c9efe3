// Checks that an argument is the bytes of a file. The error says how to get the bytes from what came instead.
import { show, SluiceError, typedArrayName } from './errors'

/** Whether the memory of a typed array was transferred to another thread by `postMessage` or `transfer`. */
export const isDetached = ({ byteLength, buffer }: ArrayBufferView): boolean => byteLength === 0 && byteLengthOf(buffer) === 0 && isGone(buffer as ArrayBuffer)
const isGone = (buffer: ArrayBuffer): boolean => {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true // a detached buffer refuses views
  }
}

/** The size of an ArrayBuffer or a SharedArrayBuffer; undefined for anything else. */
function byteLengthOf(value: unknown, kind: { readonly prototype: object } = ArrayBuffer): number | undefined {
  try {
    return Object.getOwnPropertyDescriptor(kind.prototype, 'byteLength')!.get!.call(value) as number
  } catch {
    return undefined
  }
}
// Chrome defines SharedArrayBuffer only in cross-origin isolated pages.
const isShared = (value: unknown): boolean => typeof SharedArrayBuffer !== 'undefined' && byteLengthOf(value, SharedArrayBuffer) !== undefined

/** The bytes of a file as a Uint8Array, not copied.
 * @throws SluiceError `bad-value` for anything but bytes: «bytes is an object (File), expected a Uint8Array or an ArrayBuffer. …». */
export function checkBytes(name: string, value: unknown, advice = ''): Uint8Array {
  const isBuffer = byteLengthOf(value) !== undefined
  const bytes = isBuffer || typedArrayName(value) === 'Uint8Array' ? (value as Uint8Array | ArrayBuffer) : undefined
  if (isShared(value) || (bytes && !isBuffer && isShared((bytes as Uint8Array).buffer)))
    throw new SluiceError(
      'bad-value',
      `${name} is in a SharedArrayBuffer, so another thread may change it while it is read. Copy it first: new Uint8Array(${name}).slice()`,
    )
  if (!bytes) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected a Uint8Array or an ArrayBuffer. ${howToGetBytes(name, value)}${advice}`)
  if (isBuffer ? isGone(bytes as ArrayBuffer) : isDetached(bytes as Uint8Array))
    throw new SluiceError(
      'bad-value',
      `${name} is detached: its memory was transferred, to a worker for instance, and is empty here. Transfer a copy instead (${name}.slice())`,
    )
  return isBuffer ? new Uint8Array(bytes as ArrayBuffer) : (bytes as Uint8Array)
}

/** How to get the bytes from a value. */
function howToGetBytes(name: string, value: unknown): string {
  const has = (method: string): boolean => {
    try {
      return typeof (value as Record<string, unknown>)[method] === 'function'
    } catch {
      return false
    }
  }
  if (typeof value === 'string') return `If the string is the name of a file, read the file. If it is the content, use new TextEncoder().encode(${name})`
  if (ArrayBuffer.isView(value)) return `Use its bytes: new Uint8Array(${name}.buffer, ${name}.byteOffset, ${name}.byteLength)`
  if (value === undefined || value === null) return 'Is the file missing, or not read yet?'
  if (has('arrayBuffer')) return 'If it is a File or a Response, await its arrayBuffer() first'
  if (has('then')) return 'It is a promise: await it first'
  if (has('getReader')) return `It is a stream: await new Response(${name}).arrayBuffer() first`
  if (show(value).startsWith('an array')) return `Convert the numbers to bytes first: Uint8Array.from(${name})`
  return 'Read the file first, for instance by fetch(…) and its arrayBuffer()'
}
