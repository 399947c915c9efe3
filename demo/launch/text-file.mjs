// Reads the text file to train on, and says what is wrong when it is not one.
import { constants } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { UserError } from './errors.mjs'
import { reasonOf } from './fs-errors.mjs'

/** Bytes of the longest text: no JavaScript has a longer string, and none of an encoding here has more characters than bytes. */
export const longestText = constants.MAX_STRING_LENGTH

/**
 * @param {string} file
 * @returns {string}
 */
export function readText(file) {
  const name = JSON.stringify(file)
  const stats = statOf(file, name)
  if (stats.isDirectory()) throw new UserError(`${name} is a folder, expected a text file. Give one of the files in it.`)
  // Reading one of these may wait for ever, or never come to an end.
  if (!stats.isFile()) {
    throw new UserError(`${name} is ${kindOf(stats)}, expected a text file. Write what it gives to a file first, for instance with: head -n 100000 old > new.txt`)
  }
  if (stats.size === 0) throw new UserError(`${name} is empty, expected some text to learn from.`)
  if (stats.size > longestText) {
    const count = (/** @type {number} */ bytes) => bytes.toLocaleString('en')
    throw new UserError(
      `${name} is too large: it has ${count(stats.size)} bytes, and at most ${count(longestText)} fit into a text. ` +
        'Take a part of it, for instance with: head -n 1000000 old.txt > new.txt',
    )
  }
  return decodeUtf8(read(file, name), name)
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
      `There is no file ${name} (looked for from ${workingFolder()}). Check the path; ` +
        'options come after two dashes: npm start -- --hidden 256 my-text.txt',
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
function read(file, name) {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`${name} could not be read: ${reasonOf(error)}.`)
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name what to call the file in the message
 */
export function decodeUtf8(bytes, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const offset = firstBadByte(bytes)
    const byte = `0x${bytes[offset]?.toString(16).padStart(2, '0')}`
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
    const from = utf16 ? 'UTF-16' : 'WINDOWS-1252'
    throw new UserError(
      `${name} is not UTF-8: the byte at offset ${offset} of ${bytes.length} is ${byte}, which does not begin a ` +
        'character. Save it as UTF-8 in an editor, or convert it, ' +
        `for instance with: iconv -f ${from} -t UTF-8 old.txt > new.txt`,
    )
  }
}

/**
 * Where the first piece begins that is no character. TextDecoder refuses without saying where; but whether a beginning
 * of the file decodes depends only on its length, and once it does not, no longer one does: so bisection finds it.
 * @param {Uint8Array} bytes not UTF-8
 */
export function firstBadByte(bytes) {
  let good = 0
  let bad = bytes.length + 1
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    // With `stream` the beginning may end in the middle of a character.
    if (decodes(bytes.subarray(0, middle), { stream: true })) good = middle
    else bad = middle
  }
  // Back to where that unfinished character began.
  while (!decodes(bytes.subarray(0, good))) good--
  return good
}

/**
 * @param {Uint8Array} bytes
 * @param {{ stream?: boolean }} [options]
 */
function decodes(bytes, options) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, options)
    return true
  } catch {
    return false
  }
}
