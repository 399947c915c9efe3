// Bytes to text, strictly. Plain JavaScript with its types in comments, because the launch scripts read files with it too: they
// run before any package is installed, and Node 20 runs no TypeScript. It imports nothing but what stands beside it.
import { guess, repaired } from './guess-encoding.js'

/** @typedef {import('./guess-encoding.js').EncodingGuess} EncodingGuess */

/**
 * Why bytes are no text in an encoding.
 * @typedef {object} Fault
 * @property {string} encoding what they were read as, by TextDecoder's name
 * @property {number} offset of the first character that is none; -1 where the text is longer than a string can be
 * @property {readonly EncodingGuess[]} guesses what they may be instead; none for an encoding that was asked for
 * @property {boolean} mostlyUtf8 whether nearly all of it is UTF-8, so that it is damaged rather than in another encoding
 * @property {unknown} cause
 */

const chunkSize = 1 << 16

/**
 * The name that TextDecoder has for an encoding, or undefined where it knows none by that label.
 * @param {unknown} label
 * @returns {string | undefined}
 */
export function encodingNamed(label) {
  if (typeof label !== 'string') return undefined
  try {
    const { encoding } = new TextDecoder(label)
    // The standard reads both by one decoder. Node has another for GBK, which drops bad bytes in silence.
    return encoding === 'gbk' ? 'gb18030' : encoding
  } catch {
    return undefined
  }
}

/**
 * The encoding that a byte-order mark at the start tells. It counts more than what a caller says, as it does on the Web.
 * @param {Uint8Array} bytes
 */
export function markedEncoding([a, b, c]) {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return undefined
}

/**
 * The text of the bytes without its byte-order mark, or why they are none.
 * @param {Uint8Array} bytes
 * @param {string} [asked] the encoding, by TextDecoder's name; UTF-8 unless given
 * @returns {{ text: string } | { fault: Fault }}
 */
export function read(bytes, asked) {
  const marked = markedEncoding(bytes)
  const encoding = marked ?? asked ?? 'utf-8'
  let cause
  try {
    const text = decode(bytes, encoding)
    // UTF-16 and ISO-2022-JP pass for UTF-8 where all their bytes are ASCII's.
    const guesses = marked || asked ? [] : disguised(text, bytes)
    if (guesses.length === 0) return { text }
    return { fault: { encoding, offset: text.search(/[\0\x1b]/), guesses, mostlyUtf8: false, cause } }
  } catch (error) {
    cause = error
  }
  const offset = firstBadByte(bytes, encoding)
  const open = offset >= 0 && !marked && !asked
  const mostlyUtf8 = open && isMostlyUtf8(bytes)
  return { fault: { encoding, offset, guesses: open && !mostlyUtf8 ? guess(bytes) : [], mostlyUtf8, cause } }
}

/**
 * What the bytes may be: one where their mark tells it or they are UTF-8, several where it is a guess, none where they are no text.
 * @param {Uint8Array} bytes
 * @returns {EncodingGuess[]} the likeliest first
 */
export function guessesOf(bytes) {
  if (bytes.length === 0) return []
  const marked = markedEncoding(bytes)
  if (marked) return guess(bytes, [marked])
  if (firstBadByte(bytes, 'utf-8') < 0) {
    const other = disguised(decodePart(bytes), bytes)
    return other.length > 0 ? other : guess(bytes, ['utf-8'])
  }
  return isMostlyUtf8(bytes) ? [] : guess(bytes)
}

/**
 * What a text that passes for UTF-8 is in truth, if it is another encoding.
 * @param {string} text
 * @param {Uint8Array} bytes
 */
function disguised(text, bytes) {
  if (/\x1b\$[@B]/.test(text)) return guess(bytes, ['iso-2022-jp'])
  if (!text.includes('\0') || bytes.length % 2 === 1) return []
  // ASCII's characters in UTF-16: every other byte is zero, or nearly so.
  const part = bytes.subarray(0, chunkSize)
  const zeros = [0, 0]
  for (let i = 0; i < part.length; i++) if (part[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (Math.min(even, odd) > 0 || even + odd < 0.15 * part.length) return []
  return guess(bytes, [odd > 0 ? 'utf-16le' : 'utf-16be'])
}

/** The beginning of UTF-8, however long the whole. @param {Uint8Array} bytes */
const decodePart = (bytes) => new TextDecoder().decode(bytes.subarray(0, 1 << 20), { stream: true })

/**
 * @param {Uint8Array} bytes
 * @param {string} encoding
 * @throws TypeError where a byte is of no character, and an error of the run time's where the text is too long
 */
export function decode(bytes, encoding) {
  return repaired(new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding)
}

/**
 * Where the first character begins that is none, or -1. TextDecoder refuses without saying where: the piece that it refuses is
 * read again byte by byte.
 * @param {Uint8Array} bytes
 * @param {string} [encoding]
 */
export function firstBadByte(bytes, encoding = 'utf-8') {
  const options = { fatal: true, ignoreBOM: true }
  let decoder = new TextDecoder(encoding, options)
  let bad = -1
  for (let start = 0; start < bytes.length && bad < 0; start += chunkSize) {
    try {
      decoder.decode(bytes.subarray(start, start + chunkSize), { stream: true })
    } catch {
      bad = start
    }
  }
  if (bad < 0) {
    try {
      decoder.decode()
      return -1
    } catch {
      bad = Math.max(0, bytes.length - 1 - ((bytes.length - 1) % chunkSize))
    }
  }
  // A decoder cannot be copied, so what is before the piece is read once more, and the character open at its start is found on
  // the last bytes before it.
  const from = Math.max(0, bad - 8)
  decoder = new TextDecoder(encoding, options)
  for (let start = 0; start < from; start += chunkSize) decoder.decode(bytes.subarray(start, Math.min(from, start + chunkSize)), { stream: true })
  let open = from
  for (let i = from; i < bytes.length; i++) {
    try {
      if (decoder.decode(bytes.subarray(i, i + 1), { stream: true }) !== '') open = i + 1
    } catch {
      return open
    }
  }
  return open
}

/**
 * Whether nearly all that is not ASCII is UTF-8: the file is one, cut off or damaged.
 * @param {Uint8Array} bytes not UTF-8
 */
function isMostlyUtf8(bytes) {
  const text = decodePart(bytes)
  const bad = text.split('\ufffd').length - 1
  const other = (text.match(/[^\0-\x7f\ufffd]/g) ?? []).length
  return other > 0 && bad * 10 <= other
}
