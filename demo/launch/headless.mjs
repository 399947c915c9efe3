// `npm start` without a display: trains on a page in headless Chrome and shows the training in the terminal.
import { whileEnding } from './ending.mjs'
import { messageOf, UserError } from './errors.mjs'
import { inChrome } from './in-chrome.mjs'
import { addressOf, demo } from './server.mjs'
import { printable, progressLine, TerminalView } from './terminal-view.mjs'

/** @typedef {import('../terminal.ts').TerminalEvent} TerminalEvent */

/**
 * @param {import('./options.mjs').Options} options
 * @param {string | undefined} text
 * @param {string} name of the text, for the person
 * @returns {Promise<number>} the exit code
 */
export async function trainInTerminal(options, text, name) {
  const view = new TerminalView()
  try {
    await inChrome({ server: demo(text) }, (page, origin) => train(page, addressOf(origin, 'terminal.html', options), view, name))
    return 0
  } finally {
    view.clearProgress()
  }
}

/**
 * Runs the page until it reports its end.
 * @param {import('puppeteer').Page} page
 * @param {string} url
 * @param {TerminalView} view
 * @param {string} name
 */
async function train(page, url, view, name) {
  /** @type {PromiseResolvers} */
  const ended = withResolvers()
  /** @param {string} message */
  const fail = (message) => ended.reject(new UserError(printable(message)))

  page.on('pageerror', (error) => fail(messageOf(error)))
  page.on('response', (response) => {
    // A module that does not compile is an answer of 500, and its page would wait for ever.
    if (response.status() >= 400 && response.request().resourceType() === 'script') {
      const { pathname } = new URL(response.url())
      fail(`The page could not load ${pathname} (the server answered ${response.status()}). The error is printed above.`)
    }
  })
  await page.exposeFunction('sluiceReport', (/** @type {TerminalEvent} */ event) => {
    if (event.kind === 'error') fail(event.message)
    else show(event, view, name)
    if (event.kind === 'end') ended.resolve()
  })

  /** @param {boolean} again */
  const stop = (again) => {
    if (again) return fail('Stopped at once, without a last sample.')
    view.line('Stopping after this step. Press Ctrl-C again to stop at once.')
    page.evaluate(() => globalThis.sluiceStop()).catch(() => ended.resolve())
  }
  await whileEnding(stop, () => {
    page.goto(url).catch((error) => fail(`The page could not be opened: ${messageOf(error)}`))
    return ended.promise
  })
}

/**
 * @param {Exclude<TerminalEvent, { kind: 'error' }>} event
 * @param {TerminalView} view
 * @param {string} name
 */
function show(event, view, name) {
  if (event.kind === 'adapter') {
    view.line(`WebGPU adapter: ${printable(event.name)}`)
    view.line(
      event.isSoftware ? 'This is a SOFTWARE adapter: training runs on the CPU, many times slower than on a GPU.' : 'This is a hardware adapter (a GPU).',
    )
  } else if (event.kind === 'corpus') {
    const count = event.characters.toLocaleString('en')
    const heldOut = event.heldOut.toLocaleString('en')
    view.line(`Text: ${printable(name)}. ${count} characters to train on, ${heldOut} held out, ${event.vocabulary} distinct.`)
    view.line('Press Ctrl-C to stop.')
  } else if (event.kind === 'progress') {
    view.progress(event)
  } else if (event.kind === 'sample') {
    view.sample(`Sample at step ${event.step}`, event.text)
  } else {
    if (event.last) view.line(progressLine(event.last))
    view.sample(event.stopped ? 'Stopped. Last sample' : 'Done. Last sample', event.sample)
  }
}

/**
 * Promise.withResolvers, which Node 20 lacks.
 * @typedef {{ promise: Promise<void>, resolve: () => void, reject: (error: Error) => void }} PromiseResolvers
 * @returns {PromiseResolvers}
 */
function withResolvers() {
  const parts = /** @type {PromiseResolvers} */ ({})
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }))
  return parts
}
