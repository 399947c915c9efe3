// A start is called off, whatever the worker is in the middle of; and nothing that is kept is lost by it.
import { expect, it } from 'vitest'
import { small, useBrowser, visit, type Person } from './person'
import { inTurn, sampled } from '../support/sampled'

useBrowser()

/** The worker hears nothing for so long, from its next question to the GPU on: a loop, or a compiler that does not let go. */
const isDeaf = async (person: Person, milliseconds = 600_000) => {
  const [worker] = person.page.workers()
  await worker!.evaluate((milliseconds) => {
    const { createBuffer } = GPUDevice.prototype
    GPUDevice.prototype.createBuffer = function (descriptor) {
      GPUDevice.prototype.createBuffer = createBuffer
      const end = performance.now() + milliseconds
      while (performance.now() < end);
      return createBuffer.call(this, descriptor)
    }
  }, milliseconds)
}
const ready = (person: Person) => person.page.waitForSelector('#adapter[data-kind=software], #adapter[data-kind=hardware]')
const tiny = { 'race.budget': '1500', 'race.batch': '4', 'race.steps': '8', 'gradients.steps': '8', 'gradients.hidden': '8', 'blank.hidden': '8' }

const buttons = [
  ['train', '#primary'],
  ['race', '#primary'],
  ['gradients', '#primary'],
  ['blank', '#primary'],
] as const
it.each(sampled(buttons, { axes: {}, share: 1 / 4 }))('%s: a worker that hears nothing is ended, and the next start begins', async (view, button) => {
  const person = await visit({ view, settings: { ...small, ...tiny } })
  await ready(person)
  await isDeaf(person)
  await person.press(button)
  await person.says('#status', /Preparing/)
  expect(await person.text(button)).toBe('Cancel')
  await person.press(button)
  await person.says(button, /^Start$/)
  expect(await person.text('.run-controls .failure')).toBe('')
  await person.press(button)
  await person.says('#status', /Learning/)
})

inTurn(4)('a link to a thousand layers: is told, called off, and another network learns', async () => {
  const person = await visit({ settings: { ...small, layers: '1000' } })
  await ready(person)
  expect(await person.text('#many-layers')).toMatch(/^With 1,000 layers, .* Cancel/)
  await person.press('#primary')
  await person.says('#status', /Preparing/)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  await person.press('#primary')
  await person.says('#primary', /^Start$/)
  await person.fill('[name=layers]', '1')
  await person.press('#primary')
  await person.says('#status', /Learning/)
})

it('a link that says what is none of the choices: is told', async () => {
  const person = await visit({ settings: { ...small, cell: '<b>lsmt' } })
  expect(await person.says('#misread', /./)).toContain('cell=<b>lsmt')
})

inTurn(4)('a paused run of another view is there afterwards, as it was', async () => {
  const person = await visit({ settings: { ...small, ...tiny } })
  await ready(person)
  await person.press('#primary')
  await person.page.waitForFunction(() => Number(document.querySelector('[data-figure=step] .value')?.textContent) > 20, { polling: 50 })
  await person.pause()
  const step = await person.text('[data-figure=step] .value')
  await person.page.evaluate(() => (location.hash = 'race'))
  await person.page.waitForSelector('[data-view=race]')
  await isDeaf(person)
  await person.press('#primary')
  await person.says('#status', /Preparing/)
  await person.press('#primary')
  await person.says('#primary', /^Start$/)
  await person.page.evaluate(() => (location.hash = 'train'))
  await person.page.waitForSelector('[data-view=train]')
  await person.says('#status', /Paused/)
  expect(await person.text('[data-figure=step] .value')).toBe(step)
  await person.press('#primary')
  await person.says('#status', /Learning/)
})

inTurn(4)('a run that nothing keeps is not ended with the worker: the start waits for it', async () => {
  const first = await visit({ settings: { ...small, ...tiny } })
  await ready(first)
  // Of two tabs the first keeps its runs.
  const person = await first.anotherTab()
  await person.page.waitForFunction(() => document.querySelector('.models')?.textContent?.includes('Another tab of this page saves its run'))
  await person.press('#primary')
  await person.says('#status', /Learning/)
  const [worker] = person.page.workers()
  await person.press('#primary')
  await person.says('#status', /Paused/)
  await person.page.evaluate(() => (location.hash = 'race'))
  await person.page.waitForSelector('[data-view=race]')
  await isDeaf(person, 3000)
  await person.press('#primary')
  await person.says('#status', /Preparing/)
  await person.press('#primary')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(person.page.workers()).toEqual([worker])
})
