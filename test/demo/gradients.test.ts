// The view Gradients through time as a person meets it.
import { describe, expect, it } from 'vitest'
import { useBrowser, visit, type Person } from './person'
import { numberOf } from './numbers'
import { screensOf } from './screens'
import { inTurn } from '../support/sampled'

useBrowser()

const small = { 'gradients.steps': '24', 'gradients.hidden': '12', 'gradients.batch': '8' }
const figure = async (person: Person, lane: number, column: string) => numberOf(await person.text(`#figures [data-lane="${lane}"] [data-column=${column}]`))
const stepped = (person: Person, steps: number) =>
  person.page.waitForFunction(
    (steps) => Number(/step ([\d,]+)/.exec(document.querySelector('#status')?.textContent ?? '')?.[1]?.replace(',', '')) >= steps,
    { polling: 50 },
    steps,
  )

describe.each(screensOf('gradients'))('$name', ({ screen }) => {
  it('shows that the gradient of a plain RNN vanishes where a GRU keeps it, and takes one step', async () => {
    const person = await visit({ view: 'gradients', settings: small, screen })
    expect(await person.says('#lesson-about', /./)).toContain('practically nothing')
    expect(await person.overflows()).toBe(false)
    await person.press('#primary')
    await stepped(person, 40)
    await person.press('#primary')
    await person.says('#status', /Paused/)
    const [rnn, gru] = [await figure(person, 0, 'reach'), await figure(person, 1, 'reach')]
    expect(rnn).toBeLessThan(0.01)
    expect(gru).toBeGreaterThan(10 * rnn)
    expect(await person.page.$eval('.back [role=img]', (chart) => chart.getAttribute('aria-label'))).toMatch(/RNN [\d.×⁻⁰¹²³⁴⁵⁶⁷⁸⁹10]+, .*GRU .*LSTM/)

    // The lesson ends in its result, with the figures of the table; the sentence above says what the ratios are of.
    const losses = await Promise.all([0, 1, 2].map((lane) => person.text(`#figures [data-lane="${lane}"] [data-column=loss]`)))
    expect(await person.text('#lesson-result')).toContain(`RNN ${losses[0]}, GRU ${losses[1]}, LSTM ${losses[2]}; guessing costs 0.167.`)
    expect(await person.text('#status')).toMatch(/At training step \d+, the gradient at t = 1 relative to that at t = 24: RNN/)

    const step = numberOf(/step ([\d,]+)/.exec(await person.text('#status'))![1]!)
    await person.press('#step')
    await stepped(person, step + 1)
    await person.page.locator('.back summary').click()
    // Each of the steps back is a row.
    expect(await person.page.$$('.back tbody tr')).toHaveLength(24)
    expect(await person.overflows()).toBe(false)
    expect(await person.accessibilityFaults()).toEqual([])
    await person.reset()
    await person.says('#primary', /Start/)
    expect(await person.page.$('#figures')).toBeNull()
  })
})

inTurn(4)('explodes without clipping, and says so; clipped, it lives, and tells how often clipping acted', async () => {
  const person = await visit({ view: 'gradients', settings: {} })
  await person.choose('lesson', 'explode')
  await person.press('#primary')
  // It stands still before the step that ends it, and offers that step.
  expect(await person.says('#brink', /./)).toContain('The next step shows what became of the weights')
  expect(await person.page.$('.scoreboard-fault')).toBeNull()
  await person.press('#brink button')
  expect(await person.says('#figures [data-lane="0"] .scoreboard-fault', /./)).toMatch(/At training step \d+ its (loss became NaN|gradient overflowed)/)
  const norm = await person.text('#figures [data-lane="0"] [data-column=norm]')
  expect(await person.text('#lesson-result')).toMatch(/gradient of the ReLU RNN was \S+ times as large at t = 1 as at t = 50/)
  expect(await person.text('#lesson-result')).toMatch(/training step \d+ was its last/)
  if (norm !== '∞') expect(await person.text('#lesson-result')).toContain(`of norm ${norm},`)
  // The others go on, and what was last seen of it stays.
  await person.press('#primary')
  await stepped(person, 20)
  expect(await figure(person, 0, 'reach')).toBeGreaterThan(1)

  await person.reset()
  await person.choose('lesson', 'clip')
  await person.press('#primary')
  await stepped(person, 200)
  // The same network twice: the one that is not clipped is out, the other has learned what guessing is not (ln 8).
  expect(await person.page.$('#figures [data-lane="1"] .scoreboard-fault')).not.toBeNull()
  expect(await person.page.$('#figures [data-lane="0"] .scoreboard-fault')).toBeNull()
  expect(await figure(person, 0, 'clipped')).toBeGreaterThan(5)
  expect(await person.text('#lesson-result')).toMatch(/loss of 0\.\d{3} \(guessing costs 2\.079\), with \d+\s% of its steps clipped.*out at training step \d+/)
  expect(await figure(person, 0, 'loss')).toBeLessThan(Math.log(8) / 4)
  // Another lesson has its own task again.
  await person.reset()
  await person.choose('lesson', 'vanish')
  expect(await person.page.$eval('[name=task]:checked', (one) => (one as HTMLInputElement).value)).toBe('adding')
})

inTurn(4)('learns from the text that is chosen, and its loss falls', async () => {
  const person = await visit({ view: 'gradients', settings: { ...small, 'gradients.task': 'text', 'gradients.rate': '0.02' } })
  await person.press('#primary')
  await stepped(person, 100)
  // Of some sixty characters, guessing without any knowledge costs ln 60.
  for (const lane of [0, 1, 2]) expect(await figure(person, lane, 'loss')).toBeLessThan(Math.log(60) - 0.5)
})

inTurn(4)('is found again after a reload, and goes on with the batches that would have come', async () => {
  const trained = async (iterations: string) => {
    const person = await visit({
      view: 'gradients',
      settings: {
        ...small,
        'gradients.rnn': 'rnn-relu',
        'gradients.scale': '1.5',
        'gradients.clipNorm': '',
        'gradients.optimizer': 'sgd',
        'gradients.iterations': iterations,
      },
    })
    await person.press('#primary')
    await person.says('#status', /Done/)
    return person
  }
  const whole = await (await trained('40')).text('#figures')
  const person = await trained('20')
  const [status, half] = [await person.text('#status'), await person.text('#figures')]
  await person.page.reload()
  expect(await person.says('#status', /Done/)).toBe(status)
  expect(await person.text('#figures')).toBe(half)
  await person.press('#primary')
  await person.says('#status', /Done.*step 40/)
  expect(await person.text('#figures')).toBe(whole)
})

it('says what is wrong with the settings', async () => {
  const person = await visit({ view: 'gradients', settings: { ...small, 'gradients.steps': '1' } })
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toContain('time steps is 1, expected a whole number of at least 3')
})
