// A task on a page in headless Chrome. The page and this process speak by HTTP, on an address that nobody else knows. Chrome also has a
// pipe to us: it ends by itself when the pipe closes, however we end.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromeArguments } from '../chrome/chrome-arguments.mjs'
import { ensureChrome } from '../chrome/chrome.mjs'
import { makeProfile, removeProfile } from '../chrome/profile.mjs'
import { UserError } from '../errors.mjs'
import { errorOf } from './runtime.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
/** Milliseconds in which a page is opened, at most: a busy machine takes half a minute. */
const patience = 120_000

/**
 * @param {import('./runtime.mjs').Job} job
 * @param {{ library: string }} where
 * @returns {Promise<import('./runtime.mjs').Running>}
 */
export async function start({ task, parameters, files = {}, tell, write }, { library }) {
  const chrome = await ensureChrome()
  /** Who was not told this path, such as another user of this machine, can ask for nothing. */
  const secret = `/${randomBytes(16).toString('hex')}`
  /** @type {(value: any) => void} */
  let resolve = () => {}
  /** @type {(error: Error) => void} */
  let reject = () => {}
  /** @type {Promise<any>} */
  const result = new Promise((good, bad) => ([resolve, reject] = [good, bad]))
  result.catch(() => {})
  /** @type {import('node:http').ServerResponse | undefined} */
  let commands

  /** What the page sends. @type {Record<string, (name: string, body: Buffer) => void>} */
  const posts = {
    tell: (_, body) => tell?.(JSON.parse(String(body))),
    write: (name, body) => write?.(name, body),
    result: (_, body) => resolve(body.length > 0 ? JSON.parse(String(body)) : undefined),
    error: (_, body) => reject(errorOf(JSON.parse(String(body)))),
  }
  /** What the page asks for. @type {Record<string, (name: string) => Promise<string | Uint8Array>>} */
  const gets = {
    page: async () => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>sluice ${task}</title>
      <script type="importmap">{ "imports": { "sluice": "./library/sluice.js" } }</script><script type="module" src="./host/page.js"></script>`,
    host: () => readFile(join(here, 'page.js')),
    job: async () => JSON.stringify({ task, parameters }),
    tasks: (name) => readFile(join(here, '../tasks', name)),
    library: (name) => readFile(join(library, name)),
    read: async (name) => files[name] ?? Promise.reject(new Error(`no ${name}`)),
  }

  const server = createServer(async (request, response) => {
    const path = new URL(String(request.url), 'http://localhost').pathname
    const [, kind = '', name = ''] = path.slice(secret.length).split('/')
    // A name is one of a file in its folder, never a path.
    if (!path.startsWith(`${secret}/`) || !/^[\w.-]*$/.test(name)) return void response.writeHead(404).end()
    try {
      if (request.method === 'POST' && Object.hasOwn(posts, kind)) {
        const body = []
        for await (const chunk of request) body.push(chunk)
        posts[kind]?.(name, Buffer.concat(body))
        response.writeHead(204).end()
      } else if (kind === 'commands') {
        commands = response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        response.write('retry: 1000000\n\n')
        request.on('close', () => reject(new UserError('The page crashed. It may have run out of memory: try a smaller network, or a smaller batch.')))
      } else if (Object.hasOwn(gets, kind)) {
        const body = await gets[kind]?.(name)
        const type = kind === 'page' ? 'text/html' : /\.m?js$/.test(name) ? 'text/javascript' : 'application/octet-stream'
        response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store' }).end(body)
      } else response.writeHead(404).end()
    } catch (error) {
      if (request.method === 'POST') reject(/** @type {Error} */ (error))
      response.writeHead(404).end()
    }
  })
  await new Promise((/** @type {(value?: undefined) => void} */ listening) => server.listen(0, 'localhost', listening))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())

  const profile = makeProfile()
  const address = `http://localhost:${port}${secret}/page`
  const args = [...chromeArguments(), '--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, address]
  const child = spawn(chrome, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' })
  const closed = new Promise((/** @type {(value?: undefined) => void} */ ended) => child.once('close', () => ended()))
  const [, , , orders, answers] = /** @type {[null, null, null, import('node:stream').Writable, import('node:stream').Readable]} */ (
    /** @type {unknown} */ (child.stdio)
  )
  orders.on('error', () => {})
  answers.on('error', () => {}).resume()
  child.on('error', (error) => reject(new UserError(`${chrome} could not be started: ${error.message}`)))
  child.once('exit', () => {
    removeProfile(profile)
    reject(
      new UserError(
        commands
          ? 'Chrome ended before its work was done. Run the command again.'
          : `${chrome} could not be started: it ended before it answered. Start it by hand to see why.`,
      ),
    )
  })
  const late = setTimeout(
    () => commands ?? reject(new UserError(`${chrome} opened no page in ${patience / 1000} seconds. Run the command again, or with --runtime dawn.`)),
    patience,
  )

  return {
    result,
    stop: () => void commands?.write('data: stop\n\n'),
    async end() {
      clearTimeout(late)
      // The word by which Chrome ends in good order; a pipe that closes is another.
      orders.end('{"id":1,"method":"Browser.close"}\0')
      const slow = setTimeout(() => child.kill('SIGKILL'), 3000)
      await closed
      clearTimeout(slow)
      server.closeAllConnections()
      server.close()
    },
  }
}
