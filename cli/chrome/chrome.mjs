// Finds a Chrome that starts, and installs one when there is none. Only Node built-ins at the top: this may run
// before node_modules exists.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromeArguments } from './chrome-arguments.mjs'
import { UserError } from '../errors.mjs'
import { findInstalled, isExecutable } from './find-chrome.mjs'
import { download, throughApt } from './install-chrome.mjs'
import { makeProfile, removeProfile } from './profile.mjs'
import { run } from './run.mjs'

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** @typedef {{ env?: NodeJS.ProcessEnv, root?: string, say?: (line: string) => void }} Options */

/**
 * The path of a Chrome that was seen to start.
 * @param {Options} [options]
 * @returns {Promise<string>}
 */
export async function ensureChrome({ env = process.env, root = projectRoot, say = console.log } = {}) {
  const cache = join(root, 'node_modules/.sluice-chrome')
  // Remembered apart: it is for the commands it is set for, and not for those after them.
  if (env.CHROME_PATH) return fromEnvironment(env.CHROME_PATH, `${cache}-named`)

  const known = readCache(cache)
  if (known !== undefined) return known

  /** @type {string[]} */
  const tried = []
  /** @param {string} file */
  const starts = async (file) => {
    const problem = await whyNotStarting(file)
    if (problem === undefined) writeCache(cache, file)
    else tried.push(`${file} did not start: ${problem}`)
    return problem === undefined
  }

  const installed = findInstalled(env)
  for (const file of installed) if (await starts(file)) return file
  if (installed.length === 0) tried.push('no Chrome or Chromium on PATH or in the usual places')

  const downloaded = await download(root, say, tried)
  if (downloaded !== undefined && (await starts(downloaded))) return downloaded

  for await (const file of throughApt(root, say, tried, downloaded)) if (await starts(file)) return file

  throw new UserError(['No Chrome that starts was found. Tried:', ...tried.map((line) => `  - ${line}`), howToInstall()].join('\n'))
}

/**
 * @param {string} file
 * @param {string} cache
 */
async function fromEnvironment(file, cache) {
  if (!isExecutable(file)) {
    throw new UserError(
      `CHROME_PATH is ${JSON.stringify(file)}, which is not an executable file. ` +
        'Set it to the Chrome or Chromium program, or unset it to have one looked for.',
    )
  }
  if (readCache(cache) === file) return file
  const problem = await whyNotStarting(file)
  if (problem !== undefined) {
    throw new UserError(
      `CHROME_PATH is ${JSON.stringify(file)}, which did not start: ${problem}. ` + 'Set it to another Chrome or Chromium, or unset it to have one looked for.',
    )
  }
  writeCache(cache, file)
  return file
}

/**
 * Starts Chrome on an empty page. `--version` would be quicker, but opens a window on Windows and loads no page.
 * @param {string} file
 * @returns {Promise<string | undefined>} what went wrong, or undefined
 */
export async function whyNotStarting(file) {
  // A profile of its own: the one in use may be locked by a Chrome that is running.
  const profile = makeProfile()
  try {
    const args = [...chromeArguments(), '--headless', `--user-data-dir=${profile}`, '--dump-dom', 'about:blank']
    const { code, output } = await run(file, args, { timeout: 30_000 })
    if (code === 0 && output.includes('<html')) return undefined
    const lines = output.split('\n').filter((line) => line.trim() !== '')
    const telling = lines.find((line) => /shared librar|sandbox|snap|not found/i.test(line)) ?? lines.at(-1)
    return telling?.trim() ?? (code === undefined ? 'no answer in 30 seconds' : `exit code ${code}`)
  } finally {
    removeProfile(profile)
  }
}

/** @param {string} cache */
export function readCache(cache) {
  try {
    const { path, modified } = JSON.parse(readFileSync(cache, 'utf8'))
    return statSync(path).mtimeMs === modified ? /** @type {string} */ (path) : undefined
  } catch {
    return undefined
  }
}

/**
 * @param {string} cache
 * @param {string} path
 */
export function writeCache(cache, path) {
  if (!existsSync(dirname(cache))) return
  try {
    writeFileSync(cache, JSON.stringify({ path, modified: statSync(path).mtimeMs }))
  } catch {
    // A folder that cannot be written: it is found anew each time.
  }
}

function howToInstall() {
  const byHand = {
    darwin: 'Install Chrome from https://www.google.com/chrome/',
    win32: 'Install Chrome from https://www.google.com/chrome/',
    linux: 'Install Chromium (Debian: sudo apt-get install chromium; Fedora: sudo dnf install chromium) or Chrome',
  }
  const step = byHand[/** @type {'linux'} */ (process.platform)] ?? byHand.linux
  return `${step}, or set CHROME_PATH to the program of one that starts, then run the command again.`
}
