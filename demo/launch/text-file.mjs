// Reads the text file to train on, and says what is wrong when it is not one.
import { readFileSync, statSync } from 'node:fs'
import { read } from '../../src/text/encodings.js'
import { messageOf, UserError } from './errors.mjs'

/**
 * @param {string} file
 * @param {string} [encoding] a label of TextDecoder's; UTF-8 unless given
 * @param {(encoding: string) => string} [command] what to type to read the file in an encoding
 * @returns {string}
 */
export function readText(file, encoding, command = (encoding) => shellCommand([...process.argv.slice(2), '--encoding', encoding])) {
  const name = JSON.stringify(file)
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) {
    throw new UserError(
      `There is no file ${name} (looked for from ${process.cwd()}). Check the path; ` +
        'options come after two dashes: npm start -- --hidden 256 my-text.txt',
    )
  }
  if (stats.isDirectory()) throw new UserError(`${name} is a folder, expected a text file. Give one of the files in it.`)
  /** @type {Uint8Array} */
  let bytes
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new UserError(`${name} could not be read: ${messageOf(error)}. Check its permissions.`)
  }
  if (bytes.length === 0) throw new UserError(`${name} is empty, expected some text to learn from.`)
  return decodeText(bytes, name, encoding, command)
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name what to call the file in the message
 * @param {string | undefined} encoding
 * @param {(encoding: string) => string} command
 */
function decodeText(bytes, name, encoding, command) {
  const result = read(bytes, encoding)
  if ('text' in result) return result.text
  const { offset, guesses, mostlyUtf8, encoding: readAs } = result.fault
  if (offset < 0) throw new UserError(`${name} is longer than one text can be. Use a part of it.`)
  const byte = `0x${bytes[offset]?.toString(16).padStart(2, '0')}`
  const came = `${name} is not ${readAs.replace(/^utf/, 'UTF')}: the byte at offset ${offset} of ${bytes.length} is ${byte}, which `
  const begins = `${came}${guesses.length > 0 && bytes[offset] === 0 ? 'a text does not have' : 'does not begin a character'}.`
  if (mostlyUtf8) throw new UserError(`${begins} Nearly all the rest is: the file was damaged there, or cut off. Take what is bad out of it, or use another copy.`)
  if (encoding !== undefined) throw new UserError(`${begins} Was it damaged or cut off, or is it in another encoding? Without --encoding, the command tells which it may be.`)
  if (guesses.length === 0) {
    throw new UserError(`${begins} It is no text in any encoding known here. If you know which it is in, add --encoding and its name; otherwise save it as UTF-8 in an editor.`)
  }
  const rows = guesses.map(({ encoding, sample }) => `  ${encoding.padEnd(14)}${sample}`)
  const commands = guesses.map(({ encoding }) => `  ${command(encoding)}`)
  throw new UserError([`${begins} One of its lines would read, in the encodings it may be in:`, '', ...rows, '', 'Choose the one that reads right, and give its name:', '', ...commands].join('\n'))
}

/**
 * The `npm start` command with these arguments, for a shell.
 * @param {readonly string[]} args
 */
export function shellCommand(args) {
  // The file may come after two dashes of its own, behind which there are no options.
  const end = args.indexOf('--')
  const options = args.slice(-2)
  const ordered = end < 0 || end >= args.length - 2 ? args : [...args.slice(0, end), ...options, ...args.slice(end, -2)]
  return ['npm start --', ...ordered.map(quoted)].join(' ')
}

/** @param {string} argument */
export const quoted = (argument) => (/^[\w.,:=@%+/-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`)
