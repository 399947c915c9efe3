// Runs that an earlier version of the page kept are read as they would be kept now.
import { expect, it } from 'vitest'
import { Curve } from '../../demo/shared/curve'
import { trainDefaults } from '../../demo/shared/train/settings'
import { upgraded } from '../../demo/worker/saved-run'
import { useBrowser, visit } from './person'
import { inTurn } from '../support/sampled'

useBrowser()

const order = { textName: 'river.txt', source: 'file', prefix: 'The', settings: { cell: 'lstm', hidden: 12 } }
const file = Uint8Array.of(1, 2, 3)

it('reads a training, which had a form of its own', () => {
  const history = { curve: { ...new Curve().data, steps: [1], losses: [3], smooth: [3], last: 7 }, samples: [] }
  const kept = { order, step: 7, state: 'paused', file, limits: { steps: 2000, epochs: Infinity }, history }
  expect(upgraded(kept)).toEqual({
    config: { ...order, settings: { ...trainDefaults, schedule: 'constant', ...order.settings } },
    step: 7,
    state: 'paused',
    files: [file],
    limit: 2000,
    shown: { step: 7, epochs: Infinity, parameters: null, ...history },
  })
})

it('reads a race, whose config was called its order', () => {
  const rest = { step: 7, state: 'running', files: [file, null], shown: { step: 7 }, limit: 800 }
  expect(upgraded({ order, ...rest })).toEqual({ config: order, ...rest })
})

it('reads a race whose evaluations were called looks', () => {
  const rest = { config: order, step: 7, state: 'running', files: [file, null], limit: 800 }
  expect(upgraded({ ...rest, shown: { step: 7, looks: [1] } })).toEqual({ ...rest, shown: { step: 7, evaluations: [1] } })
})

it('leaves what this version kept as it is', () => {
  const kept = { config: order, step: 7, state: 'running', files: [file], shown: {}, limit: 800 }
  expect(upgraded(kept)).toBe(kept)
})

inTurn(4)('finds a training that an earlier version kept, as it was left, and trains on', async () => {
  const person = await visit()
  const { page } = person
  const step = () => person.text('[data-figure=step] .value')
  const lines = () => page.$$eval('#samples li', (found) => found.map((line) => line.textContent))
  await person.press('#primary')
  await page.waitForFunction(() => Number(document.querySelector('[data-figure=step] .value')?.textContent) > 20, { polling: 50 })
  await person.pause()
  const [before, written, url] = [await step(), await lines(), page.url()]
  // The worker would keep it once more as the page goes.
  const [worker] = page.workers()
  await worker!.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('', 'AbortError')
    }
  })
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const open = indexedDB.open('sluice')
        open.onsuccess = () => {
          const runs = open.result.transaction('runs', 'readwrite').objectStore('runs')
          const read = runs.get('current')
          read.onsuccess = () => {
            const {
              config,
              files,
              limit,
              shown: { curve, samples, epochs },
              ...run
            } = read.result
            runs.put({ ...run, order: config, file: files[0], limits: { steps: limit, epochs }, history: { curve, samples } }, 'current').onsuccess = () => {
              open.result.close()
              resolve()
            }
          }
        }
      }),
  )
  await page.goto(url)
  await person.says('#status', /Paused/)
  expect(await step()).toBe(before)
  expect(await lines()).toEqual(written)
  expect(await page.$('#changed')).toBe(null)
  await person.press('#primary')
  await page.waitForFunction((before) => Number(document.querySelector('[data-figure=step] .value')?.textContent) > Number(before), { polling: 50 }, before)
})
