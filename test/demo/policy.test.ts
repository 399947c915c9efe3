// The policy of the page binds its worker too, wherever the site stands: no request leaves for another origin.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { useBrowser, visit } from './person'

useBrowser()

let other: Server
let address: string
let hits: string[] = []
beforeAll(async () => {
  // It lets everybody read it: only the policy of the page stands in the way.
  other = createServer((request, response) => {
    hits.push(request.url!)
    response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }).end('')
  })
  other.on('upgrade', (request, socket) => {
    hits.push(request.url!)
    socket.destroy()
  })
  // A browser that speaks QUIC, or looks ahead, opens a connection at least.
  other.on('connection', () => hits.push('connection'))
  await new Promise<void>((resolve) => other.listen(0, 'localhost', resolve))
  address = `localhost:${(other.address() as AddressInfo).port}`
})
afterAll(() => void other?.close())

/** Asks for something at that address in every way that a worker has; what came of each. */
async function ask(at: string): Promise<{ outcomes: Record<string, string>; violations: string[] }> {
  const violations: string[] = []
  addEventListener('securitypolicyviolation', (event) => violations.push((event as SecurityPolicyViolationEvent).effectiveDirective))
  const url = (name: string) => `http://${at}/${name}`
  const told = (target: { addEventListener(name: string, listener: () => void): void }, good: string) =>
    new Promise<string>((resolve) => {
      target.addEventListener(good, () => resolve('reached'))
      target.addEventListener('error', () => resolve('refused'))
    })
  const within = globalThis as unknown as {
    importScripts?(url: string): void
    FontFace?: new (name: string, source: string) => { load(): Promise<unknown> }
    caches?: { open(name: string): Promise<{ add(url: string): Promise<void> }> }
  }
  const ways: Record<string, () => unknown> = {
    fetch: () => fetch(url('fetch')),
    'fetch no-cors': () => fetch(url('no-cors'), { mode: 'no-cors' }),
    'fetch keepalive': () => fetch(url('keepalive'), { method: 'POST', body: 'text', keepalive: true, mode: 'no-cors' }),
    XMLHttpRequest: () => {
      const request = new XMLHttpRequest()
      request.open('POST', url('xhr'))
      const answer = told(request, 'load')
      request.send('text')
      return answer
    },
    WebSocket: () => told(new WebSocket(`ws://${at}/socket`), 'open'),
    EventSource: () => told(new EventSource(url('events')), 'open'),
    WebTransport: () => new WebTransport(`https://${at}/transport`).ready,
    'import()': () => import(/* @vite-ignore */ url('import')),
    importScripts: () => within.importScripts!(url('scripts')),
    Worker: () => told(new Worker(url('worker') as unknown as URL), 'message'),
    'Worker from a blob:': () => {
      const inner = new Worker(
        URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url('inner'))}, { mode: 'no-cors' }).then(() => postMessage(0), () => { throw 0 })`])),
      )
      return told(inner, 'message')
    },
    'Worker from data:': () =>
      told(new Worker(`data:text/javascript,fetch(${encodeURIComponent(JSON.stringify(url('data')))},{mode:'no-cors'}).then(()=>postMessage(0))`), 'message'),
    FontFace: () => new within.FontFace!('other', `url(${url('font')})`).load(),
    Cache: async () => (await within.caches!.open('other')).add(url('cache')),
    eval: () => (0, eval)(`fetch(${JSON.stringify(url('eval'))})`),
    Function: () => new Function(`return fetch(${JSON.stringify(url('function'))})`)(),
  }
  const outcomes: Record<string, string> = {}
  for (const [name, way] of Object.entries(ways)) {
    const patience = new Promise<string>((resolve) => setTimeout(() => resolve('no answer'), 5000))
    outcomes[name] = await Promise.race([
      patience,
      (async () => way())().then(
        (said) => (said === 'refused' ? said : 'reached'),
        () => 'refused',
      ),
    ])
  }
  return { outcomes, violations }
}

/** The asking as text for a worker. The runner of the tests has written a name of its own in place of `import`. */
const asking = () => `(${String(ask).replaceAll('__vite_ssr_dynamic_import__', 'import')})(${JSON.stringify(address)})`

it('a worker asks nobody but its own site, in any way there is', async () => {
  const person = await visit()
  await person.page.waitForSelector('#adapter[data-kind=software], #adapter[data-kind=hardware]')
  const [worker] = person.page.workers()
  expect(worker!.url()).toMatch(/^blob:/)
  hits = []
  const { outcomes, violations } = await (worker!.evaluate(asking()) as ReturnType<typeof ask>)
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
  expect(hits).toEqual([])
  // By the policy, and not because nobody would have answered.
  expect(violations.filter((rule) => rule === 'connect-src').length).toBeGreaterThanOrEqual(6)
  // The browser has said so in the console, and of nothing else.
  const complaints = person.complaints.splice(0)
  expect(complaints.filter((line) => !/Content Security Policy|Trusted|blocked|net::ERR|asked for/i.test(line))).toEqual([])
})

it('the same ways lead there from a worker without the policy', async () => {
  const person = await visit()
  const page = await person.page.browserContext().newPage()
  // A page of the other server, which has no policy. Its worker answers by a message: a debugger in it would follow it into each worker
  // that it starts.
  await page.goto(`http://${address}/page`)
  hits = []
  const { outcomes } = await page.evaluate(
    (code) =>
      new Promise<Awaited<ReturnType<typeof ask>>>((resolve, reject) => {
        const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type: 'module' })
        Object.assign(globalThis, { kept: worker })
        worker.onmessage = ({ data }) => resolve(data)
        worker.onerror = ({ message }) => reject(new Error(message))
      }),
    `${asking()}.then((answer) => postMessage(answer), (error) => postMessage({ outcomes: { failed: String(error) }, violations: [] }))`,
  )
  const paths = new Set(hits.map((hit) => hit.slice(1)))
  for (const reached of ['fetch', 'no-cors', 'keepalive', 'xhr', 'socket', 'events', 'import', 'inner', 'font', 'cache', 'eval', 'function'])
    expect([...paths]).toContain(reached)
  expect(outcomes['fetch']).toBe('reached')
  await page.close()
})

it('the page itself starts no worker but its own', async () => {
  const person = await visit()
  const outcome = await person.page.evaluate(async () => {
    const types = (globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }).trustedTypes
    const tried = (work: () => unknown) => {
      try {
        work()
        return 'allowed'
      } catch {
        return 'refused'
      }
    }
    return [
      tried(() => types.createPolicy('other', {})),
      tried(() => types.createPolicy('sluice', {})),
      tried(() => new Worker('data:text/javascript,0')),
      tried(() => new Worker(new URL('favicon.svg', location.href))),
    ]
  })
  person.complaints.splice(0)
  expect(outcome).toEqual(['refused', 'refused', 'refused', 'refused'])
})
