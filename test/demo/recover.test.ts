// The GPU process crashes under a run: it goes on by itself, without a click; and one that was paused stays paused.
import { expect, it } from 'vitest'
import { small, useBrowser, visit, type Person } from './person'
import { sampled } from '../support/sampled'

useBrowser()

const lost = /The connection to the GPU was lost\. The run resumed by itself from step [\d,]+\./
/** Steps done, of the figures of the view Train, or of the line beside the controls. */
const stepOf = (person: Person) =>
  person.page.evaluate(() => {
    // While it prepares, the status counts kernels.
    const text = document.querySelector('[data-figure=step] .value')?.textContent ?? /step ([\d,]+)/.exec(document.querySelector('#status')!.textContent)?.[1]
    return Number((/[\d,]+/.exec(text ?? '') ?? ['0'])[0].replaceAll(',', ''))
  })
async function trained(person: Person, step: number): Promise<void> {
  for (let now = 0; now <= step; now = await stepOf(person)) await new Promise((resolve) => setTimeout(resolve, 50))
}

const views = {
  train: small,
  race: { 'race.budget': '1500', 'race.batch': '4', 'race.steps': '8' },
  gradients: { 'gradients.steps': '8', 'gradients.hidden': '8' },
  blank: { 'blank.hidden': '8', 'blank.cell': 'gru' },
}

it.each(sampled(Object.entries(views), { axes: {}, share: 1 / 4 }))('%s: one that runs goes on', async (view, settings) => {
  const person = await visit({ view: view === 'train' ? '' : view, settings })
  await person.press('#primary')
  await trained(person, 10)
  await person.crashGpu()
  const [said] = lost.exec(await person.says('#recovered', /./))!
  const from = Number(/step ([\d,]+)/.exec(said)![1]!.replaceAll(',', ''))
  await trained(person, Math.max(from, 10) + 5)
  expect(await person.text('#status')).toMatch(/^Learning/)
  expect(await person.text('.run-controls .failure')).toBe('')
  expect(await person.accessibilityFaults()).toEqual([])
})

it.each(sampled(Object.entries({ train: views.train, gradients: views.gradients }), { axes: {}, share: 1 / 2 }))(
  '%s: one that is paused stays paused, and goes on when it is told to',
  async (view, settings) => {
    const person = await visit({ view: view === 'train' ? '' : view, settings })
    await person.press('#primary')
    await trained(person, 10)
    await person.pause(view === 'train' ? 'current' : 'gradients')
    const step = await stepOf(person)
    await person.crashGpu()
    expect(await person.says('#recovered', /./)).toMatch(lost)
    await person.says('#status', /Paused/)
    expect(await stepOf(person)).toBe(step)
    await person.press('#primary')
    await trained(person, step)
    expect(await person.text('.run-controls .failure')).toBe('')
  },
)
