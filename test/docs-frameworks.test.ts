// What docs/frameworks.md shows is what was tried; and the hot reload of a module closes its device.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, createServerModuleRunner } from 'vite'
import { expect, test, vi } from 'vitest'
import { kernels } from '../shaders/plugin'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const folder = path('../docs/frameworks')

test('every example is in the text, as it is', () => {
  const text = readFileSync(path('../docs/frameworks.md'), 'utf8')
  const shown = [...text.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code]) => code)
  expect(shown.toSorted()).toEqual(
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .toSorted(),
  )
})

test('a module that Vite replaces keeps its device', async () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-hot-'))
  const source = readFileSync(join(folder, 'hot.js'), 'utf8')
  const write = (version: number) => writeFileSync(join(root, 'hot.js'), `${source}globalThis.versions.push(${version})\n`)
  write(0)
  // It takes the update, as a component does.
  writeFileSync(join(root, 'main.js'), "export * from './hot.js'\nimport.meta.hot.accept()\n")
  const versions: number[] = []
  const devices: unknown[] = []
  const requestDevice = async () => {
    devices.push({})
    return { features: new Set(), limits: {}, lost: new Promise(() => {}) }
  }
  vi.stubGlobal('versions', versions)
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => ({ requestDevice, features: new Set(), limits: {}, info: {} }) } })
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [kernels()],
    resolve: { alias: { sluice: path('../src/index.ts') } },
    server: { middlewareMode: true, ws: false, watch: { usePolling: true, interval: 50 } },
    optimizeDeps: { noDiscovery: true },
  })
  const runner = createServerModuleRunner(server.environments.ssr, { hmr: { logger: false } })
  try {
    const { device } = await runner.import('/main.js')
    expect(versions).toEqual([0])
    expect(devices.length).toBe(1)
    // Again and again, as what was written before the watcher began is no change.
    let version = 0
    await vi.waitFor(
      () => {
        write(++version)
        expect(versions.length).toBeGreaterThan(1)
      },
      { timeout: 60_000, interval: 500 },
    )
    expect((await runner.import('/hot.js')).device).toBe(device)
    expect(devices.length).toBe(1)
  } finally {
    await runner.close()
    await server.close()
    vi.unstubAllGlobals()
    rmSync(root, { recursive: true, force: true })
  }
})
