// A browser whose storage is full. In a file, and so a browser, of its own, since the quota was set by hand.
import { expect, it } from 'vitest'
import { useBrowser, visit } from './person'

useBrowser()

it('a storage that is full: says so, and trains on', async () => {
  const person = await visit()
  const client = await person.page.createCDPSession()
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(person.page.url()).origin, quotaSize: 1000 })
  await person.press('#primary')
  expect(await person.says('.run-controls', /storage/)).toContain('This browser’s storage is full.')
  const step = await person.text('[data-figure=step] .value')
  await person.page.waitForFunction((step) => document.querySelector('[data-figure=step] .value')?.textContent !== step, {}, step)
  await person.press('#save-model')
  expect(await person.says('.models .failure', /./)).toContain('Delete models that you no longer need, or export this one to a file.')
})
