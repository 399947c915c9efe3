// Vite as a server. That of the demo also serves the file given with --text, which the page reads from `textPath`.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createServer } from 'vite'
import { projectRoot } from '../../cli/chrome/chrome.mjs'
import { messageOf, UserError } from '../../cli/errors.mjs'

/** Another one for each command: who was not told the address, such as another user of this machine, cannot ask for the text. */
export const textPath = `/launch/${randomBytes(16).toString('hex')}/text.txt`

/**
 * @param {import('vite').InlineConfig} config what differs from one server to another
 * @returns a server that listens; whoever asked for it closes it
 */
export async function serve(config) {
  try {
    const before = process.listeners('SIGTERM')
    const server = await createServer({
      configFile: join(projectRoot, 'vite.config.ts'),
      logLevel: 'error',
      clearScreen: false,
      ...config,
      plugins: [ownPageOnly, ...(config.plugins ?? [])],
      // WebGPU is only there for secure pages, and of plain HTTP only localhost counts as secure. Vite would let any page of
      // localhost read what it serves.
      server: { host: 'localhost', cors: false, ...config.server },
    })
    // Vite would close and exit by itself; a command ends in good order (ending.mjs).
    for (const listener of process.listeners('SIGTERM')) if (!before.includes(listener)) process.off('SIGTERM', listener)
    return await server.listen()
  } catch (error) {
    throw new UserError(`The local server could not be started: ${messageOf(error)}`)
  }
}

/**
 * Answers the pages of this server and nobody else's: neither another site's, nor those of another port of localhost, nor a
 * foreign name that was made to lead here (DNS rebinding). A person may follow a link to the page from anywhere.
 * @type {import('vite').Plugin}
 */
const ownPageOnly = {
  name: 'sluice:own-page-only',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const problem = whyForeign(request)
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
      response.setHeader('X-Content-Type-Options', 'nosniff')
      response.setHeader('X-Frame-Options', 'SAMEORIGIN')
      if (problem === undefined) return next()
      response.statusCode = 403
      response.setHeader('Content-Type', 'text/plain; charset=utf-8')
      response.end(`${problem} Only the page that Sluice serves may ask for this.\n`)
    })
  },
}

/**
 * @param {{ headers: import('node:http').IncomingHttpHeaders, method?: string }} request
 * @returns {string | undefined} undefined for a request of our own page, or one by hand
 */
export function whyForeign({ headers, method }) {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) return `The request is for ${JSON.stringify(host)}, expected localhost.`
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return `The request comes from ${origin}.`
  const follows = method === 'GET' && mode === 'navigate' && destination === 'document'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !follows) return `The request comes from a page of another origin (${site}).`
  return undefined
}

/** For a page that no one edits while it is open: it may be served from any port, and does not reload. */
export const unwatched = /** @type {const} */ ({ port: 0, hmr: false, watch: null })

/**
 * @param {string | undefined} text to serve to the page
 * @returns {import('vite').InlineConfig}
 */
export const demo = (text) => ({
  root: join(projectRoot, 'demo'),
  plugins: [
    {
      name: 'sluice:launch-text',
      configureServer(server) {
        server.middlewares.use(textPath, (_request, response) => {
          response.statusCode = text === undefined ? 404 : 200
          response.setHeader('Content-Type', 'text/plain; charset=utf-8')
          response.setHeader('Cache-Control', 'no-store')
          response.end(text ?? '')
        })
      },
    },
  ],
})

/** @param {import('vite').ViteDevServer} server */
export function originOf(server) {
  const address = server.httpServer?.address()
  return `http://localhost:${typeof address === 'object' ? address?.port : undefined}`
}

/**
 * @param {string} origin of a server of the demo
 * @param {string} page file in demo/, '' for index.html
 * @param {import('./options.mjs').Options} options
 */
export function addressOf(origin, page, { settings, text }) {
  const url = new URL(page, origin)
  // A rate alone would be constant: links from before there were schedules mean that.
  const schedule = settings.rate === undefined ? {} : { schedule: 'cosine' }
  for (const [name, value] of Object.entries({ ...schedule, ...settings })) url.searchParams.set(name, value)
  if (text !== undefined) url.searchParams.set('text', textPath)
  return url.href
}
