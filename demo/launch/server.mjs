// Vite as a server. That of the demo also serves the file given with --text, which the page reads from `textPath`.
import { join } from 'node:path'
import { createServer } from 'vite'
import { projectRoot } from './chrome.mjs'
import { messageOf, UserError } from './errors.mjs'

const textPath = '/launch/text.txt'

/**
 * @param {import('vite').InlineConfig} config what differs from one server to another
 * @returns a server that listens; whoever asked for it closes it
 */
export async function serve(config) {
  try {
    const server = await createServer({
      configFile: join(projectRoot, 'vite.config.ts'),
      logLevel: 'error',
      clearScreen: false,
      ...config,
      // WebGPU is only there for secure pages, and of plain HTTP only localhost counts as secure.
      server: { host: 'localhost', ...config.server },
    })
    return await server.listen()
  } catch (error) {
    throw new UserError(`The local server could not be started: ${messageOf(error)}`)
  }
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
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
  if (text !== undefined) url.searchParams.set('text', textPath)
  return url.href
}
