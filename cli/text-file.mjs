// Reads the text file to train on, and says what is wrong when it is not one.
import { constants } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { read } from '../src/text/encodings.js'
import { UserError } from './errors.mjs'
import { reasonOf } from './fs-errors.mjs'

/** Bytes of the longest text: no JavaScript has a longer string, and none of an encoding here has more characters than bytes. */
export const longestText = constants.MAX_STRING_LENGTH

/**
 * @param {string} file
 * @param {string} [encoding] a label of TextDecoder's; UTF-8 unless given
 * @param {(encoding: string) => string} [command] what to type to read the file in an encoding
 * @returns {string}
 */
export function readText(file, encoding, command = (encoding) => shellCommand([...process.argv.slice(2), '--encoding', encoding])) {
  const name = JSON.stringify(file)
  const stats = statOf(file, name)
  if (stats.isDirectory()) throw new UserError(`${name} is a folder, expected a text file. Give one of the files in it.`)
  // Reading one of these may wait for ever, or never come to an end.
  if (!stats.isFile()) {
    throw new UserError(`${name} is ${kindOf(stats)}, expected a text file. Write its output to a file first, for instance with: head -n 100000 old > new.txt`)
  }
  if (stats.size === 0) throw new UserError(`${name} is empty, expected some text to train on.`)
  if (stats.size > longestText) {
    const count = (/** @type {number} */ bytes) => bytes.toLocaleString('en')
    throw new UserError(
      `${name} is too large: it has ${count(stats.size)} bytes, and a text can have at most ${count(longestText)}. ` +
        'Use a part of it, for instance with: head -n 1000000 old.txt > new.txt',
    )
  }
  return decodeText(bytesOf(file, name), name, encoding, command)
}

/**
 * @param {string} file
 * @param {string} name
 */
function statOf(file, name) {
  try {
    return statSync(file)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw new UserError(`${name} could not be opened: ${reasonOf(error)}.`)
    throw new UserError(
      `There is no file ${name} (looked for in ${workingFolder()}). Check the path. ` + 'Options come after two dashes: npm start -- --hidden 256 my-text.txt',
    )
  }
}

function workingFolder() {
  try {
    return process.cwd()
  } catch {
    return 'a folder that is gone'
  }
}

/** @param {import('node:fs').Stats} stats */
function kindOf(stats) {
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

/**
 * @param {string} file
 * @param {string} name
 * @returns {Uint8Array}
 */
function bytesOf(file, name) {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`${name} could not be read: ${reasonOf(error)}.`)
  }
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
  if (offset < 0) throw new UserError(`${name} is longer than a text can be. Use a part of it.`)
  const byte = `0x${bytes[offset]?.toString(16).padStart(2, '0')}`
  const came = `${name} is not ${readAs.replace(/^utf/, 'UTF')}: the byte at offset ${offset} of ${bytes.length} is ${byte}, which `
  const begins = `${came}${guesses.length > 0 && bytes[offset] === 0 ? 'a text does not have' : 'does not begin a character'}.`
  if (mostlyUtf8)
    throw new UserError(`${begins} Nearly all of the rest is valid, so the file was damaged or cut off there. Remove the damaged part, or use another copy.`)
  if (encoding !== undefined)
    throw new UserError(`${begins} The file may be damaged, cut off, or in another encoding. Leave --encoding out to see which encodings are likely.`)
  if (guesses.length === 0) {
    throw new UserError(
      `${begins} It is not text in any encoding that Sluice recognises. If you know its encoding, add --encoding and the name. Otherwise save it as UTF-8 in an editor.`,
    )
  }
  const rows = guesses.map(({ encoding, sample }) => `  ${encoding.padEnd(14)}${sample}`)
  const commands = guesses.map(({ encoding }) => `  ${command(encoding)}`)
  throw new UserError(
    [
      `${begins} One of its lines reads like this in the likely encodings:`,
      '',
      ...rows,
      '',
      'Choose the one that reads correctly, and run its command:',
      '',
      ...commands,
    ].join('\n'),
  )
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
