// A person at the page: opens it, sees, presses, types; and hears of everything the console or the network complained about.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page, Viewport } from 'puppeteer'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { launchChrome } from '../../demo/launch/launch-chrome.mjs'
import type { RunSummary, RunKey } from '../../demo/shared/run-config'

export const phone = { width: 390, height: 844, isMobile: true, hasTouch: true }
export const desk = { width: 1440, height: 900 }

/** A network so small that a step takes no time. */
export const small = { hidden: '16', batch: '4', steps: '8', rate: '0.02', iterations: '4000', length: '60' }

/** A GPU process that a test ends comes back as often as it is ended, and the page may use it. */
const crashesAllowed = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis']

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: Browser

/** A browser for the tests of this file; every page that was opened is closed after its test, and must have had nothing to
 * complain about. */
export function useBrowser(): void {
  const open: Person[] = []
  beforeAll(async () => {
    browser = await launchChrome({ args: ['--lang=en', ...crashesAllowed] })
  })
  afterEach(async () => {
    const persons = open.splice(0)
    const complaints = persons.flatMap((person) => person.complaints)
    await Promise.all(persons.map(({ page }) => page.close()))
    expect(complaints).toEqual([])
  })
  afterAll(() => browser?.close())
  opened = open
}
let opened: Person[] = []

/** Milliseconds that a person waits for anything: on a busy machine a software adapter takes three times as long as on a quiet one. */
const patience = 90_000

export interface Visit {
  /** The view, as in the address after #. */
  readonly view?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly screen?: { readonly width: number; readonly height: number; readonly isMobile?: boolean; readonly hasTouch?: boolean }
  /** Runs in the page before its own scripts. */
  readonly before?: () => void
  /** Whether the site has its recordings. What a view shows before Start is not mistaken for a run then. Default false. */
  readonly recordings?: boolean
  /** Another address than that of the built site. */
  readonly site?: string
}

/** Runs in the page: it finds no recordings, which are all that it loads as JSON (shell.test.ts). */
function refuseRecordings(): void {
  const { fetch } = globalThis
  globalThis.fetch = (input, options) => (/\.json$/.test(String(input)) ? Promise.reject(new TypeError('there are none')) : fetch(input, options))
}

export async function visit({ view = '', settings = small, screen = desk, before, recordings = false, site = inject('site') }: Visit = {}): Promise<Person> {
  // A context of its own: nothing is remembered from the test before.
  const person = await sit(await browser.createBrowserContext(), new URL(site).origin, screen)
  const { page } = person
  if (!recordings) await page.evaluateOnNewDocument(refuseRecordings)
  if (before) await page.evaluateOnNewDocument(before)
  const url = new URL(site)
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
  if (view) url.hash = view
  await page.goto(url.href)
  await page.waitForSelector('.view, #unavailable')
  return person
}

async function sit(context: BrowserContext, origin: string, screen: Viewport): Promise<Person> {
  const person = new Person(await context.newPage(), origin)
  opened.push(person)
  person.page.setDefaultTimeout(patience)
  await person.page.setViewport(screen)
  return person
}

export class Person {
  /** Errors of the page and its worker, and requests to anybody else. */
  readonly complaints: string[] = []

  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) this.complaints.push(`asked for ${request.url()}`)
    })
  }

  /** The same page once more, in the same browser. */
  async anotherTab(): Promise<Person> {
    const person = await sit(this.page.browserContext(), this.origin, this.page.viewport()!)
    await person.page.goto(this.page.url())
    await person.page.waitForSelector('.view, #unavailable')
    return person
  }

  text = (selector: string) => this.page.$eval(selector, (found) => (found as HTMLElement).innerText)

  /** Waits until the run of that key is saved in that state. */
  async saved(key: RunKey, state: RunSummary['state']): Promise<void> {
    const now = () =>
      this.page.evaluate(
        (key) =>
          new Promise<unknown>((resolve) => {
            const open = indexedDB.open('sluice')
            open.onsuccess = () => {
              const run = open.result.transaction('runs').objectStore('runs').get(key)
              run.onsuccess = () => {
                open.result.close()
                resolve((run.result as { state?: unknown } | undefined)?.state)
              }
            }
          }),
        key,
      )
    const end = Date.now() + patience
    while ((await now()) !== state) {
      if (Date.now() > end) throw new Error(`the run ${key} is not saved as ${state}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Pauses the run of that key, and waits until it is saved so: a page that is left sooner finds it as it was before. */
  async pause(key: RunKey = 'current'): Promise<void> {
    await this.press('#primary')
    await this.says('#status', /Paused/)
    await this.saved(key, 'paused')
  }

  /** Waits until an element says something of this kind, and gives what it says. */
  async says(selector: string, pattern: RegExp): Promise<string> {
    const found = await this.page.waitForFunction(
      (selector, source) => {
        const element = document.querySelector<HTMLElement>(selector)
        return element && new RegExp(source, 's').test(element.innerText) ? element.innerText : null
      },
      { polling: 50 },
      selector,
      pattern.source,
    )
    return (await found.jsonValue())!
  }

  /** Presses a button (or what a selector names) once it can be pressed. */
  async press(selector: string): Promise<void> {
    await this.page.waitForSelector(`${selector}:not(:disabled, [aria-disabled=true])`)
    await this.page.locator(selector).click()
  }

  /** Resets a run that has begun, and means it. */
  async reset(): Promise<void> {
    await this.press('#reset')
    await this.press('.run-controls [data-answer=yes]')
  }

  /** The process that has the GPU ends, and with it every device of the browser. */
  async crashGpu(): Promise<void> {
    const client = await browser.target().createCDPSession()
    await client.send('Browser.crashGpuProcess' as never).catch(() => {}) // it may end before it answers
    await client.detach()
  }

  /** Chooses one of the radio buttons of this name. */
  choose = (name: string, value: string) => this.page.locator(`label:has(input[name="${name}"][value="${value}"])`).click()

  /** Types into a field, in place of what stands there. */
  async fill(selector: string, value: string): Promise<void> {
    await this.page.focus(selector)
    await this.page.$eval(selector, (field) => (field as HTMLInputElement).select())
    await this.page.keyboard.press('Backspace')
    await this.page.type(selector, value)
  }

  /** Puts a text into a field at once, as the clipboard does. */
  async paste(selector: string, value: string): Promise<void> {
    await this.page.focus(selector)
    await this.page.$eval(selector, (field) => (field as HTMLInputElement).select())
    const session = await this.page.createCDPSession()
    await session.send('Input.insertText', { text: value })
    await session.detach()
  }

  /** Drops a file onto the page. */
  async drop(name: string, bytes: Iterable<number>): Promise<void> {
    await this.page.evaluate(
      (name, bytes) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([Uint8Array.from(bytes)], name))
        for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
      },
      name,
      [...bytes],
    )
  }

  /** Milliseconds that the page's own thread works during something: its processor time, since on the clock one also waits
   * for the threads of a software adapter and for whatever else the machine does. */
  async work(during: () => Promise<unknown>): Promise<number> {
    const client = await this.page.createCDPSession()
    await client.send('Performance.enable', { timeDomain: 'threadTicks' })
    const worked = async () => 1000 * (await client.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value
    const before = await worked()
    await during()
    const work = (await worked()) - before
    await client.detach()
    return work
  }

  /** Milliseconds that the page works from a click on an element to the next picture. */
  answering = (selector: string): Promise<number> =>
    this.work(() =>
      this.page.$eval(
        selector,
        (element) =>
          new Promise((resolve) => {
            ;(element as HTMLElement).click()
            requestAnimationFrame(() => setTimeout(resolve))
          }),
      ),
    )

  /** What axe finds serious or critical, one line each. */
  async accessibilityFaults(): Promise<string[]> {
    const client = await this.page.createCDPSession()
    // By the debugger: the page's policy allows no script that is not its own.
    await client.send('Runtime.evaluate', { expression: axe })
    await client.detach()
    return this.page.evaluate(async () => {
      const { violations } = await (
        globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> }
        }
      ).axe.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
    })
  }

  /** Whether something is wider than the screen. (innerWidth would not tell: on a phone it grows with what is too wide.) */
  overflows = async () => (await this.page.evaluate(() => document.documentElement.scrollWidth)) > this.page.viewport()!.width
}
