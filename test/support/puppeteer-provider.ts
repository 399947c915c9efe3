// Runs Vitest's browser tests in headless Chrome through puppeteer: the engine needs WebGPU and nothing else of a
// browser, so the provider opens a page, watches over it and closes it. There is no interaction API. Each page has a Chrome of
// its own: pages of one would share its GPU process. With FIREFOX_PATH they run in that Firefox, whose WebGPU is another (wgpu).
import { defineBrowserProvider } from '@vitest/browser'
import type { Browser, CDPSession, Page } from 'puppeteer'
import type { BrowserProvider, TestProject } from 'vitest/node'
import { launchChrome } from '../../demo/launch/launch-chrome.mjs'
import { launchFirefox } from '../../demo/launch/launch-firefox.mjs'

export function puppeteer() {
  return defineBrowserProvider({
    name: 'puppeteer',
    supportedBrowser: ['chrome'],
    options: {},
    providerFactory: (project) => new PuppeteerProvider(project),
  })
}

class PuppeteerProvider implements BrowserProvider {
  readonly name = 'puppeteer'
  readonly supportsParallelism = true
  private readonly browsers = new Map<string, Promise<Browser>>()
  private readonly pages = new Map<string, Page>()
  private closing = false

  constructor(private readonly project: TestProject) {}

  getCommandsContext(sessionId: string) {
    return { page: this.pages.get(sessionId) }
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    const launched = this.browsers.get(sessionId) ?? this.launch()
    this.browsers.set(sessionId, launched)
    const browser = await launched
    const previous = this.pages.get(sessionId)
    const page = await browser.newPage()
    this.pages.set(sessionId, page)
    await previous?.close()
    // 'error' is the crash of the page itself; errors thrown inside it reach Vitest on their own.
    page.on('error', (error) => this.explain(`The test page crashed (${error.message}).`))
    await page.goto(url, { timeout: 60_000 })
  }

  async getCDPSession(sessionId: string) {
    const page = this.pages.get(sessionId)
    if (!page) throw new Error(`There is no page for the session ${sessionId}.`)
    // The types differ (puppeteer's are the precise protocol); send, on, off and once are the same.
    return (await page.createCDPSession()) as unknown as Awaited<ReturnType<NonNullable<BrowserProvider['getCDPSession']>>> & CDPSession
  }

  async close(): Promise<void> {
    this.closing = true
    this.pages.clear()
    const launched = [...this.browsers.values()]
    this.browsers.clear()
    await Promise.all(launched.map(async (browser) => (await browser.catch(() => undefined))?.close()))
  }

  private async launch(): Promise<Browser> {
    const { headless } = this.project.config.browser
    const { FIREFOX_PATH } = process.env
    // Vitest handles Ctrl-C and closes the provider.
    const browser = await (FIREFOX_PATH ? launchFirefox(FIREFOX_PATH, headless) : launchChrome({ headless }))
    browser.on('disconnected', () => {
      if (!this.closing) this.explain(`${FIREFOX_PATH || 'Chrome'} ended in the middle of the tests.`)
    })
    return browser
  }

  /** Vitest fails the run when it loses its connection to the page; this says why it was lost. */
  private explain(reason: string): void {
    this.project.vitest.logger.error(reason)
  }
}
