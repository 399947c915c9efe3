// `npm start` where there is a display: serves the page, opens it in a browser, and runs until Ctrl-C.
import { whileEnding } from '../../cli/ending.mjs'
import { messageOf } from '../../cli/errors.mjs'
import { launchChrome } from './launch-chrome.mjs'
import { addressOf, demo, originOf, serve } from './server.mjs'

/**
 * @param {import('./options.mjs').Options} options
 * @param {string | undefined} text
 * @returns {Promise<number>}
 */
export async function openPage(options, text) {
  const server = await serve(demo(text))
  const url = addressOf(originOf(server), '', options)
  console.log(`Sluice runs at ${url}\nPress Ctrl-C to stop.`)
  /** @type {import('puppeteer').Browser | undefined} */
  let browser
  let end = () => {}
  const ended = new Promise((resolve) => (end = () => resolve(undefined)))
  await whileEnding(end, async () => {
    try {
      browser = await open(server, url)
    } catch (error) {
      console.error(`No browser could be opened (${messageOf(error)}). Open the address above in a browser with WebGPU.`)
    }
    await ended
  })
  browser?.removeAllListeners('disconnected')
  await browser?.close().catch(() => {})
  await server.close()
  return 0
}

/**
 * @param {import('vite').ViteDevServer} server
 * @param {string} url
 */
async function open(server, url) {
  if (process.platform !== 'linux') {
    // The browser a person uses has WebGPU there without flags.
    server.config.server.open = url
    server.openBrowser()
    return undefined
  }
  // On Linux WebGPU may need flags, which a Chrome that is already running would not take: so one of our own.
  const browser = await launchChrome({
    headless: false,
    defaultViewport: null,
    // No banner that the browser is controlled by software: a person does that.
    ignoreDefaultArgs: ['--enable-automation'],
  })
  const [page] = await browser.pages()
  await (page ?? (await browser.newPage())).goto(url)
  browser.once('disconnected', () => console.log(`The window is closed. The page is still at ${url}`))
  return browser
}
