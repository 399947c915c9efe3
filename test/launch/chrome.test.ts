import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chromeArguments } from '../../cli/chrome/chrome-arguments.mjs'
import { ensureChrome, readCache, whyNotStarting, writeCache } from '../../cli/chrome/chrome.mjs'
import { findInstalled, usualPlaces } from '../../cli/chrome/find-chrome.mjs'
import { temporaryFolder } from './folder'

// The programs here are shell scripts.
describe.skipIf(process.platform === 'win32')('finding Chrome', () => {
  const folder = temporaryFolder()

  /** A program that answers as Chrome's --dump-dom does, or one that fails. */
  function program(name: string, script = 'echo "<html><head></head><body></body></html>"'): string {
    const file = join(folder(), name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return file
  }

  it('finds those on PATH, Chrome before Chromium', () => {
    const chromium = program('one/chromium')
    const chrome = program('two/google-chrome')
    const path = `${join(folder(), 'one')}:${join(folder(), 'two')}`
    expect(findInstalled({ PATH: path }, 'linux').slice(0, 2)).toEqual([chrome, chromium])
  })

  it('passes over folders and files that cannot be executed', () => {
    mkdirSync(join(folder(), 'one/chromium'), { recursive: true })
    mkdirSync(join(folder(), 'two'))
    writeFileSync(join(folder(), 'two/chromium'), '')
    const path = `${join(folder(), 'one')}:${join(folder(), 'two')}`
    expect(findInstalled({ PATH: path }, 'linux').filter((file) => file.startsWith(folder()))).toEqual([])
  })

  it('takes CHROME_PATH and remembers that it starts, for as long as it is set', async () => {
    mkdirSync(join(folder(), 'node_modules'))
    const chrome = program('chrome')
    const found = program('bin/chromium')
    const PATH = join(folder(), 'bin')
    expect(await ensureChrome({ env: { PATH, CHROME_PATH: chrome }, root: folder() })).toBe(chrome)
    expect(readCache(join(folder(), 'node_modules/.sluice-chrome-named'))).toBe(chrome)
    expect(await ensureChrome({ env: { PATH }, root: folder() })).toBe(found)
    expect(await ensureChrome({ env: { PATH, CHROME_PATH: chrome }, root: folder() })).toBe(chrome)
    expect(readCache(join(folder(), 'node_modules/.sluice-chrome'))).toBe(found)
  })

  it('says what is wrong with CHROME_PATH', async () => {
    const missing = join(folder(), 'missing')
    await expect(ensureChrome({ env: { CHROME_PATH: missing }, root: folder() })).rejects.toThrow(
      /^CHROME_PATH is ".*missing", which is not an executable file\. Set it to/,
    )
    const broken = program('broken', 'echo "libnss3.so: cannot open shared library" >&2; exit 127')
    await expect(ensureChrome({ env: { CHROME_PATH: broken }, root: folder() })).rejects.toThrow(
      /broken", which did not start: libnss3\.so: cannot open shared library\. Set it to/,
    )
  })

  it('falls through from one that does not start to the next', async () => {
    program('bin/google-chrome', 'exit 1')
    const works = program('bin/chromium')
    expect(await ensureChrome({ env: { PATH: join(folder(), 'bin') }, root: folder() })).toBe(works)
  })

  it('tells why one does not start', async () => {
    expect(await whyNotStarting(program('fine'))).toBeUndefined()
    expect(await whyNotStarting(program('silent', 'exit 3'))).toBe('exit code 3')
  })

  it('forgets a path whose file has changed', () => {
    const cache = join(folder(), 'cache')
    const chrome = program('chrome')
    expect(readCache(cache)).toBeUndefined()
    writeCache(cache, chrome)
    expect(readCache(cache)).toBe(chrome)
    writeFileSync(cache, JSON.stringify({ path: chrome, modified: 1 }))
    expect(readCache(cache)).toBeUndefined()
  })
})

it('looks in the usual places of each platform', () => {
  expect(usualPlaces('darwin', { HOME: '/Users/x' })).toContain('/Users/x/Applications/Google Chrome.app/Contents/MacOS/Google Chrome')
  expect(usualPlaces('win32', { PROGRAMFILES: 'C:\\Programs' })).toContain('C:\\Programs\\Google\\Chrome\\Application\\chrome.exe')
  expect(usualPlaces('linux', {})).toContain('/usr/bin/chromium')
})

describe('the arguments of Chrome', () => {
  const machine = { platform: 'linux', sandbox: true, gpu: false, env: {} } as const

  it('keeps the sandbox where it works', () => {
    expect(chromeArguments(machine)).not.toContain('--no-sandbox')
    expect(chromeArguments({ ...machine, sandbox: false })).toContain('--no-sandbox')
  })

  it('leaves the adapter to Chrome unless one is asked for', () => {
    const adapter = '--use-webgpu-adapter=swiftshader'
    expect(chromeArguments(machine)).not.toContain(adapter)
    expect(chromeArguments({ ...machine, env: { SLUICE_ADAPTER: 'swiftshader' } })).toContain(adapter)
  })

  it('makes no suggestions for an address that nobody types', () => {
    const suggestions = expect.stringMatching(/^--disable-features=.*WebUIOmniboxPopup/)
    expect(chromeArguments(machine)).toContainEqual(suggestions)
    expect(chromeArguments({ ...machine, headless: false })).not.toContainEqual(suggestions)
  })

  it('draws with Vulkan only on Linux with a GPU', () => {
    expect(chromeArguments(machine)).not.toContain('--use-angle=vulkan')
    expect(chromeArguments({ ...machine, gpu: true })).toContain('--use-angle=vulkan')
    expect(chromeArguments({ ...machine, gpu: true, headless: false })).not.toContain('--use-angle=vulkan')
    expect(chromeArguments({ ...machine, platform: 'darwin', gpu: true })).not.toContain('--use-angle=vulkan')
  })
})
