// The text of a file's bytes, and what encoding it may be in where it is not UTF-8.
import { checkBytes } from '../bytes'
import { show, SluiceError } from '../errors'
import { encodingNamed, guessesOf, read, type Fault } from './encodings.js'
import type { EncodingGuess } from './guess-encoding.js'

/** The text of a file, read strictly: nothing is replaced. A byte-order mark at the start tells the encoding, and is dropped.
 * @param name what to call the file in messages
 * @param encoding any label that TextDecoder knows, such as 'gb18030'; UTF-8 unless given
 * @throws SluiceError `bad-text` where a byte is of no character in that encoding, with its offset, and where none was given with
 * the encodings that the file may be in; `bad-value` where bytes are not bytes or TextDecoder knows no such encoding; `too-large`
 * where the text is longer than a string can be. */
export function decodeText(bytes: Uint8Array | ArrayBuffer, name = 'the file', encoding?: string): string {
  const checked = checkBytes('bytes', bytes, '; for a string, use Corpus.fromText')
  if (typeof name !== 'string') throw new SluiceError('bad-value', `name is ${show(name)}, expected a string, what to call the file in messages`)
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
    throw new SluiceError('too-large', `${name} has ${checked.length} bytes, more than one string can hold. Use a part of it`, { cause: fault.cause })
  throw new SluiceError('bad-text', `${name} is not ${nameOf(fault.encoding)}: ${whatIsThere(checked, fault)}. ${advice(fault, asked)}`, { cause: fault.cause })
}

/** The encodings that the bytes of a text may be in, the likeliest first, each with a line as it would read: for a page that lets
 * the person choose, and goes on with `Corpus.fromBytes(bytes, name, { encoding })`. One where a byte-order mark tells it or they
 * are UTF-8, none where they are no text, or UTF-8 that was cut off or damaged. It is a guess: a short text may read well in two.
 * @throws SluiceError `bad-value` where bytes are not bytes. */
export function guessEncodings(bytes: Uint8Array | ArrayBuffer): EncodingGuess[] {
  return guessesOf(checkBytes('bytes', bytes))
}

const nameOf = (encoding: string) => encoding.replace(/^(utf|euc|iso)/, (word) => word.toUpperCase())

function whatIsThere(bytes: Uint8Array, { offset, guesses, cause }: Fault): string {
  const byte = `the byte at offset ${offset} is 0x${bytes[offset]!.toString(16).padStart(2, '0')}`
  return cause === undefined && guesses.length > 0 ? `${byte}, which a text does not have` : `${byte}, which does not begin a character`
}

function advice({ guesses, mostlyUtf8, encoding }: Fault, asked: string | undefined): string {
  if (mostlyUtf8) return 'Nearly all the rest is: the file was damaged there, or cut off. Take what is bad out of it, or use another copy'
  if (asked !== undefined && asked !== encoding) return 'Its byte-order mark says that it is. Was it damaged?'
  if (asked !== undefined) return 'Was it damaged or cut off, or is it in another encoding? guessEncodings(bytes) tells which it may be'
  if (guesses.length === 0)
    return 'It is no text in any encoding that is known here. If you know which, give { encoding }; otherwise open it in a text editor and save it as UTF-8'
  const read = guesses.map(({ encoding, sample }) => `'${encoding}' (${JSON.stringify(sample)})`).join(', or ')
  return `It may be ${read}. Give the one that reads right, such as { encoding: '${guesses[0]!.encoding}' }`
}
