// What goes wrong, as a plain sentence and a way on.
import { expect, it } from 'vitest'
import { small, useBrowser, visit, type Person } from './person'
import { inTurn } from '../support/sampled'

useBrowser()

const stepOf = async (person: Person) => Number((await person.text('[data-figure=step] .value')).replace(/\D/g, ''))
const trainedFor = (person: Person, steps: number) =>
  person.page.waitForFunction((steps) => Number(document.querySelector('[data-figure=step] .value')?.textContent) > steps, { polling: 50 }, steps)

/** The device goes away under the next step, and so do those that are opened in its place, so many in all. */
async function losesItsDevices(person: Person, times: number): Promise<void> {
  const [worker] = person.page.workers()
  await worker!.evaluate((times) => {
    const { createCommandEncoder } = GPUDevice.prototype
    const lost = new WeakSet<GPUDevice>()
    GPUDevice.prototype.createCommandEncoder = function (descriptor) {
      // Several steps are queued on one device; and what is asked while one is being opened is no step of the run.
      if (descriptor?.label?.startsWith('training step') && !lost.has(this) && times > 0) {
        times--
        lost.add(this)
        this.destroy()
      }
      return createCommandEncoder.call(this, descriptor)
    }
  }, times)
}

inTurn(5)('a device that is lost three times in a row: gives up, and goes on from where the run was kept when it is told to', async () => {
  const person = await visit()
  await person.press('#primary')
  await trainedFor(person, 20)
  await person.pause()
  const step = await stepOf(person)
  await losesItsDevices(person, 3)
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toContain('The connection to the GPU was lost.')
  expect(await person.says('#saved-run', /./)).toContain(`${step} steps`)
  expect(await person.text('#recovered')).toBe('')
  expect(await person.accessibilityFaults()).toEqual([])
  await person.press('#resume-saved')
  // It was kept paused; on a slow machine it was kept once more while it ran, between two losses, and then goes on by itself.
  await person.says('#status', /Paused|Learning/)
  if (/Paused/.test(await person.text('#status'))) await person.press('#primary')
  await trainedFor(person, step)
  expect(await person.text('.run-controls .failure')).toBe('')
})

it('a network that is too large: says what to lower, and keeps what was there', async () => {
  const person = await visit()
  await person.press('#primary')
  await trainedFor(person, 5)
  await person.reset()
  await person.fill('[name=hidden]', '60000')
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toContain('This network is too large for this GPU. Lower the hidden size')
  await person.fill('[name=hidden]', '16')
  await person.press('#primary')
  await trainedFor(person, 5)
})

inTurn(5)('a network that takes long to prepare: is called off', async () => {
  // The GPU is long in answering.
  const person = await visit()
  const [worker] = person.page.workers()
  await worker!.evaluate(() => {
    const { mapAsync } = GPUBuffer.prototype
    GPUBuffer.prototype.mapAsync = async function (...args) {
      GPUBuffer.prototype.mapAsync = mapAsync
      await new Promise((resolve) => setTimeout(resolve, 4000))
      return mapAsync.apply(this, args)
    }
  })
  await person.press('#primary')
  await person.says('#status', /Preparing/)
  await person.says('#primary', /^Cancel$/)
  await person.press('#primary')
  await person.says('#primary', /^Start$/)
  await person.press('#primary')
  await person.says('#status', /Learning/)
})

inTurn(5)('a GPU that goes away while it is asked for something: says so, and not that it was unexpected', async () => {
  const person = await visit({ view: 'gradients', settings: { 'gradients.steps': '8', 'gradients.hidden': '8' } })
  await person.press('#primary')
  await person.says('#status', /step \d/)
  const [worker] = person.page.workers()
  await worker!.evaluate(() => {
    GPUDevice.prototype.popErrorScope = async () => {
      throw new DOMException('Instance dropped in popErrorScope', 'OperationError')
    }
  })
  expect(await person.says('.run-controls .failure', /./)).toContain('The connection to the GPU was lost.')
})

inTurn(5)('a sample too long to wait for: says so, and trains on', async () => {
  const person = await visit({ settings: { ...small, length: '1000000' } })
  await person.press('#primary')
  expect(await person.says('.failure-detail', /length/)).toContain('length is 1000000, expected at most 10000')
  await trainedFor(person, 20)
})

inTurn(5)('a training that runs away: says so, and starts again', async () => {
  const person = await visit({ settings: { ...small, cell: 'rnn-relu', optimizer: 'sgd', rate: '1e30', clipNorm: '' } })
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toContain('Training diverged')
  await person.fill('[name=hidden]', '12')
  await person.page.$eval('#advanced', (details) => ((details as HTMLDetailsElement).open = true))
  await person.fill('[name=rate]', '0.01')
  await person.press('#primary')
  await trainedFor(person, 5)
})

inTurn(5)('another tab that keeps its run: says that this one is not kept', async () => {
  const person = await visit()
  await person.press('#primary')
  await trainedFor(person, 5)
  const { page } = await person.anotherTab()
  await page.waitForFunction(() => document.querySelector('.models')?.textContent?.includes('Another tab of this page saves its run'))
})

inTurn(5)('a browser that keeps nothing: trains all the same', async () => {
  const person = await visit({
    before: () =>
      Object.defineProperty(Window.prototype, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError')
        },
      }),
  })
  await person.press('#primary')
  await trainedFor(person, 5)
})
