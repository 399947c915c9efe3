// Reads the text file to train on, and says what is wrong when it is not one.
import { readFileSync, statSync } from 'node:fs'
import { messageOf, UserError } from './errors.mjs'

/**
 * @param {string} file
 * @returns {string}
 */
export function readText(file) {
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
  return decodeUtf8(bytes, name)
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
