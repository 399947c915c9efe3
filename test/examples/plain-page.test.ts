// The plain page: the library is built as a user builds it, served as it lies, and opened.
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromeArguments, ensureChrome, projectRoot } from '../../demo/launch/ensure.mjs'
import { builtLibrary } from '../../tools/built.mjs'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
let [server, browser]: [Server?, Browser?] = []

beforeAll(async () => {
  const folder = await builtLibrary()
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const built = /^\/dist\/([\w-]+\.js)$/.exec(pathname)?.[1]
    const file = built ? join(folder, built) : join(projectRoot, pathname)
    if ((!built && pathname !== '/examples/plain-page.html') || !existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': `${types[extname(file)]}; charset=utf-8` })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server!.listen(0, 'localhost', resolve))
  browser = await puppeteer.launch({ executablePath: await ensureChrome(), args: chromeArguments() })
})
afterAll(async () => {
  await browser?.close()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(0)))
})

test('it trains and writes what it has learned', async () => {
  const page = await browser!.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(`http://localhost:${(server!.address() as AddressInfo).port}/examples/plain-page.html`)
  const text = (id: string) => page.$eval(`#${id}`, (element) => element.textContent)
  await page.waitForFunction(
    () => document.querySelector('#written')!.textContent !== '' || !/step|GPU/.test(document.querySelector('#progress')!.textContent!),
    { timeout: 120_000 },
  )
  expect(await text('progress')).toMatch(/^step \d+: perplexity 1\.\d/)
  expect(await text('written')).toContain('still waters run deep; still waters run')
  expect(errors).toEqual([])
})
