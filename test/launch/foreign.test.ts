// The text that `npm start` serves is for its own page: no other page may read it, whatever it is called.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'puppeteer'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChrome } from '../../demo/launch/launch-chrome.mjs'
import { demo, originOf, serve, textPath, unwatched, whyForeign } from '../../demo/launch/server.mjs'

const secret = 'what nobody else may read'
let server: ViteDevServer
let port: number
beforeAll(async () => {
  server = await serve({ ...demo(secret), server: unwatched })
  port = Number(new URL(originOf(server)).port)
})
afterAll(() => server?.close())

function ask(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: 'localhost', port, path, headers: { host: `localhost:${port}`, ...headers } }, (response) => {
      let body = ''
      response.on('data', (part) => (body += String(part)))
      response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }))
    })
    asked.on('error', reject).end()
  })
}

const cases: [string, Record<string, string>, boolean][] = [
  ['our page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, true],
  ['our page in a browser that sends no Sec-Fetch', {}, true],
  ['a person who types the address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
  ['a link of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
  ['another port of localhost', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', origin: 'http://localhost:1' }, false],
  ['another port that asks without an origin', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, false],
  ['another port, in a browser that sends no Sec-Fetch', { origin: 'http://localhost:1' }, false],
  ['a page of no origin', { origin: 'null' }, false],
  ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: 'https://example.com' }, false],
  ['a frame in another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false],
  ['a foreign name that leads here', { host: 'evil.example:5173' }, false],
  ['one that begins like ours', { host: 'localhost.evil.example' }, false],
  ['a name under localhost', { host: 'evil.localhost:5173' }, false],
]

describe.each(['text', 'page', 'source'] as const)('the %s', (what) => {
  const path = { text: textPath, page: '/', source: '/launch/../main.tsx' }[what]
  it.each(cases)('asked for by %s', async (_, headers, allowed) => {
    const { status, body, headers: answered } = await ask(path, headers)
    expect(status === 200).toBe(allowed)
    if (what === 'text') expect(body.includes(secret)).toBe(allowed)
    expect(answered['access-control-allow-origin']).toBeUndefined()
    if (allowed) expect(answered['cross-origin-resource-policy']).toBe('same-origin')
  })
})

it('stands at an address that nobody can guess', async () => {
  expect(textPath).toMatch(/^\/launch\/[0-9a-f]{32}\/text\.txt$/)
  expect((await ask('/launch/text.txt')).body).not.toContain(secret)
})

it('tells a foreign name only by the host itself', () => {
  for (const host of ['localhost', 'localhost:80', 'LOCALHOST:1', '127.0.0.1:5173', '[::1]:5173']) expect(whyForeign({ headers: { host } })).toBeUndefined()
  for (const host of ['', 'localhost@evil', 'localhost:80.evil', '127.0.0.1.evil', '[::1].evil', 'xlocalhost'])
    expect(whyForeign({ headers: { host } })).toMatch(/expected localhost/)
})

describe('in Chrome', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChrome()
  })
  afterAll(() => browser?.close())

  it('is read by its page, and not by one of another port, in any way there is', async () => {
    const other = createServer((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>other</title>'))
    await new Promise<void>((resolve) => other.listen(0, 'localhost', resolve))
    try {
      const page = await browser.newPage()
      const read = (url: string) =>
        page.evaluate(
          (url) =>
            fetch(url).then(
              (response) => response.text(),
              (error: unknown) => `refused: ${String(error)}`,
            ),
          url,
        )
      await page.goto(`${originOf(server)}${textPath}`)
      expect(await read(textPath)).toBe(secret)
      await page.goto(`http://localhost:${(other.address() as AddressInfo).port}/`)
      const url = `${originOf(server)}${textPath}`
      expect(await read(url)).toMatch(/^refused/)
      expect(
        await page.evaluate(
          (url) =>
            fetch(url, { mode: 'no-cors' }).then(
              ({ type, status }) => `${type} ${status}`,
              (error: unknown) => `refused: ${String(error)}`,
            ),
          url,
        ),
      ).toMatch(/^refused/)
      expect(
        await page.evaluate(
          (url) =>
            Promise.all(
              ['script', 'iframe', 'img'].map(
                (tag) =>
                  new Promise<string>((resolve) => {
                    const element = document.createElement(tag) as HTMLIFrameElement
                    const read = () => resolve(element.contentDocument?.body?.textContent ?? '')
                    Object.assign(element, { onload: tag === 'iframe' ? read : () => resolve(`${tag} loaded`), onerror: () => resolve(''), src: url })
                    setTimeout(() => resolve(''), 5000)
                    document.body.append(element)
                  }),
              ),
            ),
          url,
        ),
      ).toEqual(['', '', ''])
    } finally {
      // Chrome keeps connections open that it may want, for two minutes.
      other.closeAllConnections()
      await new Promise((resolve) => other.close(resolve))
    }
  })
})
