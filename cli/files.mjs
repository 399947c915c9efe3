// Files of the command line, read and written so that nothing is lost.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { UserError } from './errors.mjs'
import { reasonOf } from './fs-errors.mjs'

/** @param {string} file @param {string} [what] @returns {Buffer} */
export function readBytes(file, what = 'a file of a model') {
  try {
    if (statSync(file).isDirectory()) throw new UserError(`${JSON.stringify(file)} is a folder, expected ${what}.`)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${JSON.stringify(file)} could not be read: ${reasonOf(error)}.`)
  }
}

/** Writes a file as a whole or not at all: what was there stays until the new one is complete.
 * @param {string} file @param {Uint8Array | string} bytes */
export function writeWhole(file, bytes) {
  const half = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  try {
    writeFileSync(half, bytes)
    renameSync(half, file)
  } catch (error) {
    rmSync(half, { force: true })
    throw new UserError(`${JSON.stringify(file)} could not be written: ${reasonOf(error)}.`)
  }
}

/** A name that nothing has yet: `rhyme.safetensors`, then `rhyme-2.safetensors`. @param {string} folder @param {string} source a file that it is about */
export function freeName(folder, source) {
  const stem = basename(source, extname(source))
  for (let n = 1; ; n++) {
    const file = join(folder, `${stem}${n > 1 ? `-${n}` : ''}.safetensors`)
    if (!existsSync(file)) return file
  }
}

/** Refuses to replace a file that somebody may want. @param {string} file @param {boolean} force */
export function checkFree(file, force) {
  if (!force && existsSync(file)) throw new UserError(`${JSON.stringify(file)} exists already. Name another file, or add --force to replace it.`)
}
