// A page in headless Chrome, with a server of its own. Both are closed when the work is done, however it ends: either would
// hold the process.
import { messageOf, UserError } from '../../cli/errors.mjs'
import { launchChrome } from './launch-chrome.mjs'
import { originOf, serve, unwatched } from './server.mjs'

/**
 * @template Result
 * @param {object} options
 * @param {import('vite').InlineConfig} options.server
 * @param {Parameters<typeof launchChrome>[0]} [options.chrome]
 * @param {typeof launchChrome} [options.launch] another browser
 * @param {(page: import('puppeteer').Page, origin: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export const inChrome = ({ server, chrome, launch }, work) => served(server, (origin) => inPage(chrome, (page) => work(page, origin), launch))

/**
 * @template Result
 * @param {import('vite').InlineConfig} config
 * @param {(origin: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function served(config, work) {
  const server = await serve({ ...config, server: { ...unwatched, ...config.server } })
  try {
    return await work(originOf(server))
  } finally {
    await server.close()
  }
}

/**
 * @template Result
 * @param {Parameters<typeof launchChrome>[0] | undefined} chrome
 * @param {(page: import('puppeteer').Page) => Promise<Result>} work
 * @param {typeof launchChrome} [launch] another browser
 * @returns {Promise<Result>}
 */
export async function inPage(chrome, work, launch = launchChrome) {
  const browser = await launch(chrome)
  try {
    const page = await browser.newPage()
    return await Promise.race([work(page), end(page)])
  } finally {
    await browser.close().catch(() => {})
  }
}

/**
 * Rejects when the page or Chrome ends by itself: who waits for an answer of theirs would wait for ever.
 * @param {import('puppeteer').Page} page
 * @returns {Promise<never>}
 */
function end(page) {
  return new Promise((_, reject) => {
    /** @param {string} message */
    const fail = (message) => reject(new UserError(message))
    page.once('error', () => fail('The page crashed. It may have run out of memory: try a smaller network, or a smaller batch.'))
    page.browser().once('disconnected', () => fail('Chrome ended before its work was done. Run the command again.'))
  })
}

/**
 * Runs the default export of a module in a page of that address, and gives what it gives. What it throws is told without a stack, which would be
 * that of the page's code.
 * @param {import('puppeteer').Page} page
 * @param {string} url
 * @param {string} module path on the server
 * @param {unknown[]} args
 */
export async function runModule(page, url, module, ...args) {
  page.on('pageerror', (error) => console.error(`In the page: ${messageOf(error)}`))
  try {
    await page.goto(url)
    return await page.evaluate((module, args) => import(/* @vite-ignore */ module).then(({ default: main }) => main(...args)), module, args)
  } catch (error) {
    throw new UserError(messageOf(error))
  }
}
