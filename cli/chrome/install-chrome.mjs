// Gets a Chrome where there is none: puppeteer's download, or the package of Debian and its kin.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findInstalled } from './find-chrome.mjs'
import { run } from './run.mjs'

/**
 * Puppeteer's own Chrome, from its cache or downloaded to it.
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {string[]} tried
 */
export async function download(root, say, tried) {
  const path = await puppeteerPath(root)
  if (path === undefined) return void tried.push('puppeteer is not installed (npm ci installs it)')
  if (existsSync(path)) return path
  say('Downloading Chrome (about 150 MB), because no installed one was found.')
  const { code, output } = await puppeteerInstall(root)
  if (code === 0 && existsSync(path)) return path
  // The error stands at the end, after the help of the command.
  const lines = output.split('\n')
  const reason = lines.findLast((line) => /Provider: /.test(line)) ?? lines.findLast((line) => /^Error: /.test(line))
  return void tried.push(`the download of Chrome failed: ${(reason ?? `exit code ${code}`).trim().slice(0, 200)}`)
}

/** @param {string} root */
async function puppeteerPath(root) {
  try {
    const entry = join(root, 'node_modules/puppeteer/lib/esm/puppeteer/puppeteer.js')
    const { default: puppeteer } = await import(pathToFileURL(entry).href)
    return /** @type {string} */ (await puppeteer.executablePath())
  } catch {
    return undefined
  }
}

/**
 * @param {string} root
 * @param {string[]} flags
 */
function puppeteerInstall(root, flags = []) {
  const folder = join(root, 'node_modules/puppeteer')
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const args = [join(folder, bin.puppeteer ?? bin), 'browsers', 'install', 'chrome', ...flags]
  return run(process.execPath, args, { cwd: root, timeout: 600_000 })
}

/**
 * As root on Debian and its kin: the libraries that a downloaded Chrome lacks, then Chromium itself.
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {string[]} tried
 * @param {string | undefined} downloaded
 */
export async function* throughApt(root, say, tried, downloaded) {
  if (!existsSync('/usr/bin/apt-get')) return
  if (process.getuid?.() !== 0) return void tried.push('apt-get was not tried: it needs root')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, timeout: 900_000 }
  say('Installing what Chrome needs with apt-get, because no Chrome that starts was found.')
  await run('apt-get', ['update'], options)
  if (downloaded !== undefined) {
    await puppeteerInstall(root, ['--install-deps'])
    yield downloaded
  }
  const { code, output } = await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options)
  if (code !== 0) {
    const reason = output.split('\n').find((line) => line.startsWith('E:')) ?? `exit code ${code}`
    tried.push(`apt-get install chromium failed: ${reason}`)
  }
  yield* findInstalled()
  if (code === 0) tried.push('apt-get install chromium brought none that starts')
}
