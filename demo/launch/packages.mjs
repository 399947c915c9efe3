// Installs the npm packages when they are missing or out of date. Only Node built-ins: this runs before node_modules
// exists.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../cli/errors.mjs'
import { reasonOf } from '../../cli/fs-errors.mjs'
import { endWithUs } from '../../cli/chrome/run.mjs'

export const MINIMUM_NODE = '20.19.0'

/**
 * @param {string} version such as process.versions.node
 * @param {string} [minimum]
 */
export function isAtLeast(version, minimum = MINIMUM_NODE) {
  const want = minimum.split('.').map(Number)
  const have = version.split('.').map((part) => Number.parseInt(part, 10))
  for (const [index, wanted] of want.entries()) {
    const part = have[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}

/** @param {string} root */
const markFile = (root) => join(root, 'node_modules/.sluice-lock')

/** @param {string} root */
export function lockHash(root) {
  return createHash('sha256').update(readLock(root)).digest('hex')
}

/** @param {string} root */
function readLock(root) {
  const file = join(root, 'package-lock.json')
  try {
    const lock = readFileSync(file, 'utf8')
    JSON.parse(lock)
    return lock
  } catch (error) {
    throw new UserError(
      `${JSON.stringify(file)}, which says what to install, could not be read: ${reasonOf(error)}. Restore the file (git checkout package-lock.json).`,
    )
  }
}

/**
 * Why the packages must be installed, or undefined when they are up to date.
 * @param {string} root the folder of package.json
 * @returns {string | undefined}
 */
export function reasonToInstall(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing'
  const marked = existsSync(markFile(root))
  if (marked && markOf(root) === lockHash(root)) return undefined
  // Somebody may have run npm by hand. It writes its record last of all, so an install cut off has none.
  if (installedByHand(root)) return undefined
  return marked ? 'package-lock.json has changed since the last install' : 'node_modules is incomplete'
}

/**
 * Whether npm's record of what it installed names the very versions of the lockfile.
 * @param {string} root
 */
function installedByHand(root) {
  /** @param {string} text @returns {Record<string, { version?: string, optional?: boolean }>} */
  const packagesOf = (text) => JSON.parse(text).packages ?? {}
  /** @type {ReturnType<typeof packagesOf>} */
  let installed
  try {
    installed = packagesOf(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'))
  } catch {
    return false
  }
  return Object.entries(packagesOf(readLock(root))).every(
    ([path, { version, optional }]) => path === '' || installed[path]?.version === version || (optional && !installed[path]),
  )
}

/** @param {string} root */
function markOf(root) {
  try {
    return readFileSync(markFile(root), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** @param {string} root */
export function markInstalled(root) {
  try {
    if (markOf(root) !== lockHash(root)) writeFileSync(markFile(root), `${lockHash(root)}\n`)
  } catch (error) {
    // A folder that cannot be written: npm's own record is compared each time.
    if (error instanceof UserError) throw error
  }
}

/**
 * @param {string} root
 * @param {(line: string) => void} [say]
 */
export async function ensurePackages(root, say = console.log) {
  if (!isAtLeast(process.versions.node)) {
    throw new UserError(
      `This is Node ${process.versions.node}; Sluice's tools need Node ${MINIMUM_NODE} or newer. ` +
        'Install it from https://nodejs.org or with your package manager, then run the command again.',
    )
  }
  const reason = reasonToInstall(root)
  if (reason === undefined) return markInstalled(root)
  say(`Installing the npm packages (npm ci), because ${reason}.`)
  const { code, output } = await npm(root, ['ci', '--no-audit', '--no-fund', '--update-notifier=false', '--loglevel=error'])
  if (code !== 0) throw new UserError(explainFailure(code, output, root))
  markInstalled(root)
}

/**
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function npm(root, args) {
  return new Promise((resolve) => {
    // On Windows npm is a .cmd file, which only a shell can start; the arguments are ours and need no quoting.
    const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    endWithUs(child)
    let output = ''
    child.stdout.on('data', (chunk) => process.stdout.write(chunk))
    child.stderr.on('data', (chunk) => {
      output += chunk
      process.stderr.write(chunk)
    })
    child.on('error', (error) => resolve({ code: -1, output: `${output}${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? -1, output }))
  })
}

/**
 * @param {number} code
 * @param {string} output what npm wrote to stderr
 * @param {string} root
 */
export function explainFailure(code, output, root) {
  const failed = `npm ci failed in ${root} (exit code ${code}).`
  if (/ENOENT.*npm|spawn npm/i.test(output)) {
    return `${failed} npm was not found on PATH. Install it (it comes with Node.js), then run the command again.`
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `${failed} The folder cannot be written. Check who owns it, or copy the project to a folder of your own.`
  }
  if (/ENOSPC/.test(output)) return `${failed} The disk is full. Free some space, then run the command again.`
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output)) {
    return (
      `${failed} The npm registry could not be reached. Check the network connection, ` +
      'or the proxy and registry settings (npm config list), then run the command again.'
    )
  }
  return `${failed} npm’s output is above. Fix the cause, then run the command again.`
}
