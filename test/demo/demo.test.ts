// The demo as a person meets it: a server, a browser, and what they see and press.
import puppeteer, { type Browser, type Page } from 'puppeteer'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromeArguments, ensureChrome } from '../../demo/launch/ensure.mjs'
import { addressOf, startServer } from '../../demo/launch/server.mjs'

let server: ViteDevServer
let browser: Browser
let page: Page
/** What the console and the network complained about on the page. */
let complaints: string[]

beforeAll(async () => {
  server = await startServer({ text: 'zyx '.repeat(300), watch: false })
  browser = await puppeteer.launch({ executablePath: await ensureChrome(), args: chromeArguments() })
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const address = (settings = {}, text?: string) => addressOf(server, '', { help: false, headless: true, text, settings })

/** A small model, so that a step takes no time. */
const small = { hidden: '16', batch: '4', steps: '8', rate: '0.02', epochs: '400' }

beforeEach(async () => {
  await page?.close()
  page = await browser.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('request', (request) => {
    if (!/^(data|blob):|^http:\/\/localhost:/.test(request.url())) complaints.push(`asked for ${request.url()}`)
  })
})

async function open(settings: Record<string, string> = small, text?: string): Promise<void> {
  await page.goto(address(settings, text))
  await page.waitForSelector('#primary:not(:disabled)')
}

const text = (selector: string) => page.$eval(selector, (found) => (found as HTMLElement).innerText)
const figure = (name: string) => text(`[data-figure=${name}] .value`)
const choose = (name: string, value: string) => page.click(`label:has(input[name=${name}][value=${value}])`)
const press = (label: string) => page.locator(`#settings button ::-p-text(${label})`).click()

/** Waits until an element says something of this kind. */
const says = async (selector: string, pattern: RegExp): Promise<string> => {
  const found = await page.waitForFunction(
    (selector, source) => {
      const element = document.querySelector<HTMLElement>(selector)
      return element && new RegExp(source, 's').test(element.innerText) ? element.innerText : null
    },
    { timeout: 20_000, polling: 50 },
    selector,
    pattern.source,
  )
  return (await found.jsonValue())!
}

async function fill(selector: string, value: string): Promise<void> {
  await page.$eval(selector, (field) => ((field as HTMLInputElement).value = ''))
  await page.type(selector, value)
}

async function paste(value: string): Promise<void> {
  await choose('source', 'paste')
  // As the clipboard does it: all at once, and an event after it.
  await page.$eval('#paste', (field, value) => {
    ;(field as HTMLTextAreaElement).value = value
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }, value)
}

async function drop(name: string, bytes: number[]): Promise<void> {
  await page.evaluate((name, bytes) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([Uint8Array.from(bytes)], name))
    document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, name, bytes)
}

const bytesOf = (text: string) => [...new TextEncoder().encode(text)]

describe('the page', () => {
  it('trains from a pasted text, pauses, goes on and is reset', async () => {
    await open()
    expect(await says('#adapter', /\w/)).not.toContain('Looking')
    expect(await says('#text-about', /characters/)).toContain('The Keeper of the Lower Lock')

    await choose('cell', 'lstm')
    expect(await text('#cell-about')).toContain('memory cell')
    await fill('[name=hidden]', '12')
    await paste('the cat sat on the mat. '.repeat(40))
    expect(await says('#text-about', /characters/)).toBe('960 characters, 11 different.')

    await press('Start')
    await says('#samples', /Before training/)
    await page.waitForFunction(() => Number(document.querySelector('[data-figure=step] .value')?.textContent) > 60, { timeout: 20_000 })
    expect(Number(await figure('training'))).toBeLessThan(9)
    expect(Number(await figure('heldOut'))).toBeGreaterThan(0)
    // The newest sample is on top, and all begin alike.
    const heads = await page.$$eval('#samples .sample-head b', (found) => found.map((head) => head.textContent))
    expect(heads.length).toBeGreaterThan(1)
    expect(heads.at(-1)).toBe('Before training')
    expect(new Set(await page.$$eval('#samples .prefix', (found) => found.map((prefix) => prefix.textContent)))).toEqual(new Set(['the cat sat']))

    await press('Pause')
    await says('#status', /Paused/)
    const step = await figure('step')
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(await figure('step')).toBe(step)

    // A paused network still writes, and says what it cannot read.
    await fill('#own-prefix', 'the cat')
    await page.click('#write-now')
    expect(await says('#written', /Yours, at step/)).toContain('the cat')
    await fill('#own-prefix', 'café')
    await page.click('#write-now')
    expect(await says('#write-error', /./)).toContain("'f' (U+0066) at character 2 of the text")

    await press('Go on')
    await page.waitForFunction((step) => document.querySelector('[data-figure=step] .value')?.textContent !== step, {}, step)
    await press('Reset')
    await says('#primary', /Start/)
    expect(await figure('step')).toBe('–')
    expect(await page.$$('#samples li')).toHaveLength(0)
    // What was chosen is still there, and starts anew.
    await press('Start')
    await says('#samples', /Before training/)
    expect(complaints).toEqual([])
  })

  it('takes a dropped file, and says what is wrong with one', async () => {
    await open()
    await drop('river.txt', bytesOf('水が流れる。'.repeat(20)))
    expect(await says('#text-about', /river/)).toBe('river.txt: 120 characters, 6 different.')
    await drop('latin.txt', [0x63, 0x61, 0x66, 0xe9, 0x20])
    expect(await says('#text-error', /./)).toContain('latin.txt is not UTF-8: the byte at offset 3 is 0xe9')
    // The file before it is still there.
    expect(await text('#text-about')).toContain('river.txt')
    await press('Start')
    await says('#samples', /Before training.*水が流れ/)
    expect(complaints).toEqual([])
  })

  it('says next to Start what is wrong with the settings, and loses nothing', async () => {
    await open()
    await paste('abc')
    await press('Start')
    expect(await says('#error', /./)).toMatch(/^the text has 3 characters, but a minibatch of batch 4 × steps 8 needs 33/)
    expect(await page.$eval('#paste', (field) => (field as HTMLTextAreaElement).value)).toBe('abc')
    expect(await page.$eval('#advanced', (details) => (details as HTMLDetailsElement).open)).toBe(true)

    await choose('source', 'english')
    await fill('[name=hidden]', '')
    await press('Start')
    expect(await says('#error', /hidden/)).toContain('hidden is NaN, expected a whole number of at least 1')
    await fill('[name=hidden]', '16')
    await fill('[name=prefix]', '水')
    await press('Start')
    expect(await says('#error', /U\+6C34/)).toContain('is not one of the 60 characters of the vocabulary')
    expect(complaints).toEqual([])
  })

  it('does what the address says, as npm start hands it on, and stops after the last step', async () => {
    await open({ ...small, cell: 'rnn', iterations: '25', prefix: 'zy' }, 'zyx '.repeat(300))
    expect(await says('#text-about', /characters/)).toBe('text.txt: 1,200 characters, 4 different.')
    await press('Start')
    await says('#status', /Done/)
    expect(await figure('step')).toBe('25')
    expect(await text('#samples li:first-child')).toMatch(/^Step 25\b.*zy/s)
    await press('Train further')
    await page.waitForFunction(() => document.querySelector('[data-figure=step] .value')?.textContent === '50')
    expect(complaints).toEqual([])
  })

  it('offers to begin anew when the device is lost', async () => {
    await open()
    await press('Start')
    await says('#samples', /Before training/)
    const [worker] = page.workers()
    await worker!.evaluate(() => {
      const { createCommandEncoder } = GPUDevice.prototype
      GPUDevice.prototype.createCommandEncoder = function (descriptor) {
        GPUDevice.prototype.createCommandEncoder = createCommandEncoder
        this.destroy()
        return createCommandEncoder.call(this, descriptor)
      }
    })
    expect(await says('#error', /./)).toContain('Press Start again')
    await press('Start again')
    await page.waitForFunction(() => Number(document.querySelector('[data-figure=step] .value')?.textContent) > 3, { timeout: 20_000 })
    expect(await text('#error')).toBe('')
  })

  it('says what to do where there is no WebGPU', async () => {
    await page.evaluateOnNewDocument(() => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }))
    await page.goto(address())
    expect(await says('#unavailable-message', /./)).toContain('This browser has no WebGPU. Chrome or Edge 113')
    expect(await text('#unavailable-advice')).toContain('chrome://flags/#enable-unsafe-webgpu')
    expect(await page.$eval('#app', (app) => (app as HTMLElement).hidden)).toBe(true)
    expect(complaints).toEqual([])
  })
})
