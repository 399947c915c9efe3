// The Vite server of the page. It also serves the file given with --text, which the page reads from `textPath`.
import { join } from 'node:path'
import { createServer } from 'vite'
import { projectRoot } from './chrome.mjs'
import { messageOf, UserError } from './errors.mjs'

const textPath = '/launch/text.txt'

/**
 * @param {object} options
 * @param {string | undefined} options.text to serve to the page
 * @param {boolean} options.watch reload the page when a source changes
 */
export async function startServer({ text, watch }) {
  /** @type {import('vite').Plugin} */
  const serveText = {
    name: 'sluice:launch-text',
    configureServer(server) {
      server.middlewares.use(textPath, (_request, response) => {
        response.statusCode = text === undefined ? 404 : 200
        response.setHeader('Content-Type', 'text/plain; charset=utf-8')
        response.setHeader('Cache-Control', 'no-store')
        response.end(text ?? '')
      })
    },
  }
  try {
    const server = await createServer({
      configFile: join(projectRoot, 'vite.config.ts'),
      root: join(projectRoot, 'demo'),
      logLevel: 'error',
      clearScreen: false,
      plugins: [serveText],
      // WebGPU is only there for secure pages, and of plain HTTP only localhost counts as secure.
      server: { host: 'localhost', ...(watch ? {} : { port: 0, hmr: false, watch: null }) },
    })
    return await server.listen()
  } catch (error) {
    throw new UserError(`The local server could not be started: ${messageOf(error)}`)
  }
}

/**
 * @param {import('vite').ViteDevServer} server
 * @param {string} page file in demo/, '' for index.html
 * @param {import('./options.mjs').Options} options
 */
export function addressOf(server, page, { settings, text }) {
  const address = server.httpServer?.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const url = new URL(page, `http://localhost:${port}/`)
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
  if (text !== undefined) url.searchParams.set('text', textPath)
  return url.href
}
