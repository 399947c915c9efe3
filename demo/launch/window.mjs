// `npm start` where there is a display: serves the page, opens it in a browser, and runs until Ctrl-C.
import { once } from 'node:events'
import { chromeArguments } from './chrome-arguments.mjs'
import { ensureChrome } from './chrome.mjs'
import { messageOf } from './errors.mjs'
import { addressOf, demo, originOf, serve } from './server.mjs'

/**
 * @param {import('./options.mjs').Options} options
 * @param {string | undefined} text
 * @returns {Promise<number>}
 */
export async function openPage(options, text) {
  const server = await serve(demo(text))
  const url = addressOf(originOf(server), '', options)
  console.log(`Sluice runs at ${url}\nCtrl-C ends it.`)
  /** @type {import('puppeteer').Browser | undefined} */
  let browser
  try {
    browser = await open(server, url)
  } catch (error) {
    console.error(`No browser could be opened (${messageOf(error)}). Open the address above in one that has WebGPU.`)
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
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
  const executablePath = await ensureChrome()
  const { default: puppeteer } = await import('puppeteer')
  const browser = await puppeteer.launch({
    executablePath,
    headless: false,
    defaultViewport: null,
    args: chromeArguments({ headless: false }),
    // Puppeteer would end the process before the server is closed.
    handleSIGINT: false,
    handleSIGTERM: false,
    // No banner that the browser is controlled by software: a person does that.
    ignoreDefaultArgs: ['--enable-automation'],
  })
  const [page] = await browser.pages()
  await (page ?? (await browser.newPage())).goto(url)
  browser.once('disconnected', () => console.log(`The window is closed. The page is still at ${url}`))
  return browser
}
