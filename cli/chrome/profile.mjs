// Chrome's profiles: folders in the temporary folder whose name tells whose they are. Each is removed when its Chrome ends or
// this process does; one whose process was killed is swept by the next. Only Node built-ins: this runs before node_modules exists.
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.mjs'
import { reasonOf } from '../fs-errors.mjs'

/** Of this machine alone: a temporary folder may be shared between containers, where a number means another process. */
const prefix = `sluice-chrome-${hostname()
  .replace(/[^a-z0-9]/gi, '')
  .slice(0, 24)}-`

/** @type {Set<string>} */
const ours = new Set()
let prepared = false

/** @returns {string} a new folder, for `removeProfile` */
export function makeProfile() {
  if (!prepared) process.once('exit', () => [...ours].forEach(removeProfile))
  if (!prepared) sweep()
  prepared = true
  try {
    const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
    ours.add(folder)
    return folder
  } catch (error) {
    throw new UserError(
      `The temporary folder ${JSON.stringify(tmpdir())} cannot be used for Chrome's profile: ${reasonOf(error)}. Set TMPDIR to a folder of yours.`,
    )
  }
}

/** @param {string} folder */
export function removeProfile(folder) {
  ours.delete(folder)
  // Chrome keeps its socket in a folder beside the profile, which it leaves there when it is killed.
  try {
    const socket = dirname(readlinkSync(join(folder, 'SingletonSocket')))
    if (dirname(socket) === dirname(folder) && /^\.?(org\.chromium|com\.google)\./.test(basename(socket))) rmSync(socket, { recursive: true, force: true })
  } catch {
    // There is none.
  }
  try {
    // Chrome's last process may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch {
    // What is left is swept at the next start.
  }
}

/** Removes the profiles whose process is gone. @param {string} [folder] where to look */
export function sweep(folder = tmpdir()) {
  for (const name of namesIn(folder)) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : NaN
    if (owner > 0 && !isAlive(owner) && !ours.has(join(folder, name))) removeProfile(join(folder, name))
  }
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** @param {number} pid */
function isAlive(pid) {
  // A container gives the same numbers at every start: what is not ours is of an earlier process.
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
