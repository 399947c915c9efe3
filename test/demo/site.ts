// Builds the site once for all tests of the demo, and serves it from a path of its own, as any static host would.
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { projectRoot } from '../../demo/launch/ensure.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built site is served. */
    site: string
    /** The folder it was built into. */
    built: string
  }
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.png': 'image/png',
}
const base = '/some/where/'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = mkdtempSync(join(tmpdir(), 'sluice-site-'))
  // As `npm run build:site` does it: the root of the tests is not that of the page, and what is for development only is left out.
  const { VITEST, NODE_ENV } = process.env
  delete process.env.VITEST
  process.env.NODE_ENV = 'production'
  await build({ configFile: join(projectRoot, 'vite.config.ts'), logLevel: 'error', build: { outDir: built, emptyOutDir: true } })
  Object.assign(process.env, { VITEST, NODE_ENV })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const file = join(built, pathname.startsWith(base) ? pathname.slice(base.length) || 'index.html' : 'not-here')
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': `${types[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  project.provide('site', `http://localhost:${(server.address() as AddressInfo).port}${base}`)
  project.provide('built', built)
  return async () => {
    await new Promise((resolve) => server.close(resolve))
    rmSync(built, { recursive: true, force: true })
  }
}
