// The page as `npm start` opens it: served by Vite, with the options of the command line in its address.
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressOf, demo, originOf, serve, unwatched } from '../../demo/launch/server.mjs'
import { small, useBrowser, visit } from './person'

useBrowser()

let server: ViteDevServer
beforeAll(async () => {
  server = await serve({ ...demo('zyx '.repeat(300)), server: unwatched })
})
afterAll(() => server?.close())

it('does what the address says, and stops after the last step', async () => {
  const settings = { ...small, cell: 'rnn', iterations: '25', prefix: 'zy' }
  const person = await visit({ site: addressOf(originOf(server), '', { help: false, headless: true, text: 'zyx.txt', settings }), settings: {} })
  expect(await person.says('#text-about', /characters/)).toMatch(/text\.txt\s+1,200 characters, 4 distinct/)
  await person.press('#primary')
  await person.says('#status', /Done/)
  expect(await person.text('[data-figure=step] .value')).toBe('25')
  expect(await person.text('#samples li:last-child')).toMatch(/^Step 25\b.*zy/s)
  await person.press('#primary')
  await person.page.waitForFunction(() => document.querySelector('[data-figure=step] .value')?.textContent === '50')
})
