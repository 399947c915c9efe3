// Decodes the bytes of a file to text, and guesses the encoding if it is not UTF-8.
import { checkBytes } from '../bytes'
import { show, SluiceError } from '../errors'
import { encodingNamed, guessesOf, read, type Fault } from './encodings.js'
import type { EncodingGuess } from './guess-encoding.js'

/** Decodes the bytes of a file strictly: nothing is replaced. A byte-order mark at the start determines the encoding, and is dropped.
 * @param name name of the file, for messages
 * @param encoding any label that TextDecoder knows, such as 'gb18030'. Default: UTF-8
 * @throws SluiceError `bad-text` for a byte that belongs to no character, with its offset, and without `encoding` with the likely encodings;
 * `bad-value` for anything but bytes, and for an unknown encoding; `too-large` for a text longer than a string can be. */
export function decodeText(bytes: Uint8Array | ArrayBuffer, name = 'the file', encoding?: string): string {
  const checked = checkBytes('bytes', bytes, '; for a string, use Corpus.fromText')
  if (typeof name !== 'string') throw new SluiceError('bad-value', `name is ${show(name)}, expected a string, the name of the file for messages`)
  const asked = encoding === undefined ? undefined : encodingNamed(encoding)
  if (encoding !== undefined && asked === undefined)
    throw new SluiceError(
      'bad-value',
      `encoding is ${show(encoding)}, expected a label that TextDecoder knows, such as 'utf-8', 'gb18030', 'big5', 'shift_jis', 'euc-kr', 'utf-16le' or 'windows-1252'`,
    )
  if (checked.length === 0) throw new SluiceError('bad-text', `${name} is empty, expected at least one character`)
  const result = read(checked, asked)
  if ('text' in result) return result.text
  const { fault } = result
  if (fault.offset < 0)
    throw new SluiceError('too-large', `${name} has ${checked.length} bytes, more than a string can have. Use a part of it`, { cause: fault.cause })
  throw new SluiceError('bad-text', `${name} is not ${nameOf(fault.encoding)}: ${describeByte(checked, fault)}. ${advice(fault, asked)}`, {
    cause: fault.cause,
  })
}

/** The likely encodings of the bytes of a text, most likely first, each with a line of the text in it. A page can let the user choose, and
 * then call `decodeText(bytes, name, encoding)`. One guess for UTF-8 and for a byte-order mark; none for bytes that are not text,
 * and for UTF-8 that was cut off or damaged. A short text may be readable in two encodings.
 * @throws SluiceError `bad-value` for anything but bytes. */
export function guessEncodings(bytes: Uint8Array | ArrayBuffer): EncodingGuess[] {
  return guessesOf(checkBytes('bytes', bytes))
}

const nameOf = (encoding: string) => encoding.replace(/^(utf|euc|iso)/, (word) => word.toUpperCase())

function describeByte(bytes: Uint8Array, { offset, guesses, cause }: Fault): string {
  const byte = `the byte at offset ${offset} is 0x${bytes[offset]!.toString(16).padStart(2, '0')}`
  return cause === undefined && guesses.length > 0 ? `${byte}, which does not occur in text` : `${byte}, which does not begin a character`
}

function advice({ guesses, mostlyUtf8, encoding }: Fault, asked: string | undefined): string {
  if (mostlyUtf8) return 'Nearly all the rest is valid: the file was damaged there, or cut off. Remove the bad bytes, or use another copy'
  if (asked !== undefined && asked !== encoding) return 'Its byte-order mark says so. Was the file damaged?'
  if (asked !== undefined) return 'Was the file damaged or cut off, or does it have another encoding? guessEncodings(bytes) lists the likely ones'
  if (guesses.length === 0)
    return 'It is not text in any encoding that Sluice can guess. If you know the encoding, pass it to decodeText; otherwise open the file in a text editor and save it as UTF-8'
  const read = guesses.map(({ encoding, sample }) => `'${encoding}' (${JSON.stringify(sample)})`).join(', or ')
  return `Its encoding may be ${read}. Pass the one whose text is right, such as decodeText(bytes, name, '${guesses[0]!.encoding}')`
}
