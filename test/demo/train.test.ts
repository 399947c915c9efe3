// The view Train as a person meets it.
import { describe, expect, it } from 'vitest'
import { phone, small, useBrowser, visit, type Person } from './person'
import { screensOf } from './screens'
import { inTurn } from '../support/sampled'

useBrowser()

const figure = (person: Person, name: string) => person.text(`[data-figure=${name}] .value`)
const trainedFor = (person: Person, steps: number) =>
  person.page.waitForFunction(
    (steps) => Number(document.querySelector('[data-figure=step] .value')?.textContent?.replace(/\D/g, '')) > steps,
    { polling: 50 },
    steps,
  )

describe.each(screensOf('train'))('$name', ({ screen }) => {
  it('trains from a pasted text, pauses, takes one step, goes on and is reset', async () => {
    const person = await visit({ screen })
    expect(await person.says('#adapter', /·/)).toMatch(/software adapter|GPU/)
    expect(await person.says('#text-about', /characters/)).toContain('The Keeper of the Lower Lock')

    if (screen === phone) await person.press('.settings-fold')
    await person.choose('cell', 'lstm')
    expect(await person.says('#cell-about', /./)).toContain('memory cell')
    await person.fill('[name=hidden]', '12')
    await person.choose('source', 'paste')
    await person.page.waitForSelector('#paste')
    await person.paste('#paste', 'the cat sat on the mat. '.repeat(40))
    expect(await person.says('#text-about', /^960 characters/)).toBe('960 characters, 11 distinct')

    await person.press('#primary')
    await person.says('#samples', /Before training/)
    await trainedFor(person, 60)
    expect(Number(await figure(person, 'training'))).toBeLessThan(9)
    expect(Number(await figure(person, 'heldOut'))).toBeGreaterThan(0)
    const prefixes = await person.page.$$eval('#samples .prefix', (found) => found.map((prefix) => prefix.textContent))
    expect(new Set(prefixes)).toEqual(new Set(['the cat sat']))
    expect(prefixes.length).toBeGreaterThan(1)
    expect(await person.overflows()).toBe(false)

    await person.press('#primary')
    await person.says('#status', /Paused/)
    const step = Number((await figure(person, 'step')).replace(/\D/g, ''))
    await person.press('#step')
    await person.page.waitForFunction(
      (step) => document.querySelector('[data-figure=step] .value')?.textContent.replace(/\D/g, '') === String(step + 1),
      {},
      step,
    )
    await person.says('#status', /Paused/)

    // A picture of the sample, to be sent: of the size of a preview.
    await person.press('.share .quiet')
    const picture = person.page.evaluate(
      () =>
        new Promise<[number, number]>((resolve) => {
          const { createObjectURL } = URL
          URL.createObjectURL = (blob) => {
            void createImageBitmap(blob as Blob).then(({ width, height }) => resolve([width, height]))
            return createObjectURL.call(URL, blob)
          }
        }),
    )
    await person.press('#save-picture')
    expect(await picture).toEqual([1200, 630])

    await person.fill('#own-prefix', 'the cat')
    await person.press('#write')
    expect(await person.says('#written', /Your sample at step/)).toContain('the cat')

    await person.press('#primary')
    await trainedFor(person, step + 1)
    await person.reset()
    await person.says('#primary', /Start/)
    expect(await person.page.$('#samples')).toBe(null)
    expect(await person.text('.stage')).toContain('Press Start and train your own')
  })
})

it('takes a dropped file, and says what is wrong with one', async () => {
  const person = await visit()
  await person.drop('river.txt', new TextEncoder().encode('水が流れる。'.repeat(20)))
  expect(await person.says('#text-about', /river\.txt\s+120 /)).toMatch(/river\.txt\s+120 characters, 6 distinct/)
  await person.drop('noise.bin', [0x00, 0x00, 0x01, 0xff, 0x00, 0x00])
  expect(await person.says('.settings .failure-detail', /./)).toContain('noise.bin is not UTF-8: the byte at offset 3 is 0xff')
  // The file before it is still there.
  expect(await person.text('#text-about')).toContain('river.txt')
  await person.press('#primary')
  await person.says('#samples', /Before training.*水が流れ/)
})

it('says next to Start what is wrong with the settings, and loses nothing', async () => {
  const person = await visit()
  await person.choose('source', 'paste')
  await person.page.waitForSelector('#paste')
  await person.paste('#paste', 'a')
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toMatch(/the text has 1 characters?, but a minibatch of batch 4 × steps 8 needs 33/)
  // What it says to lower is in sight.
  expect(await person.page.$eval('#advanced', (details) => (details as HTMLDetailsElement).open)).toBe(true)
  expect(await person.page.$eval('#paste', (field) => (field as HTMLTextAreaElement).value)).toBe('a')

  await person.choose('source', 'english')
  await person.fill('[name=hidden]', ' ')
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /hidden/)).toContain('hidden is NaN, expected a whole number of at least 1')
  expect(await person.page.$$eval('[aria-invalid=true]', (fields) => fields.map((field) => (field as HTMLInputElement).name))).toEqual(['hidden'])
  await person.fill('[name=hidden]', '16')
  await person.page.waitForSelector('.run-controls .failure:empty')
  await person.press('#primary')
  await person.says('#samples', /Before training/)
})

inTurn(4)('changes temperature and length while it trains, and answers a click with less than 100 ms of work', async () => {
  const person = await visit({ settings: { ...small, hidden: '128', batch: '32', steps: '35' } })
  await person.press('#primary')
  await person.says('#samples', /Before training/)
  const work: number[] = []
  for (const unit of ['bits', 'loss', 'perplexity', 'bits', 'loss', 'perplexity']) work.push(await person.answering(`input[name=unit][value=${unit}]`))
  expect(Math.max(...work)).toBeLessThan(100)
  await person.fill('[name=length]', '5')
  const { length } = await person.page.$$('#samples li')
  await person.page.waitForFunction((length) => document.querySelectorAll('#samples li').length > length, {}, length)
  const newest = await person.page.$eval('#samples li:last-child .timeline-text', (text) => text.textContent!)
  expect([...newest].length - 'The river'.length).toBe(5)
})

it('finds the run again after a reload, trains on, and keeps nothing after a reset', async () => {
  const person = await visit()
  const { page } = person
  await person.choose('source', 'paste')
  await page.waitForSelector('#paste')
  await person.paste('#paste', 'one two three four five. '.repeat(50))
  await person.press('#primary')
  await trainedFor(person, 30)
  await person.pause()
  const step = await figure(person, 'step')
  const lines = await page.$$eval('#samples li', (found) => found.map((line) => line.textContent))
  await page.reload()
  // Paused it was left, paused it is found, with all it had shown.
  await person.says('#status', /Paused/)
  expect(await figure(person, 'step')).toBe(step)
  expect(await page.$$eval('#samples li', (found) => found.map((line) => line.textContent))).toEqual(lines)
  expect(await page.$eval('#paste', (field) => (field as HTMLTextAreaElement).value)).toContain('one two three')
  expect(await page.$('#changed')).toBe(null)
  await person.press('#primary')
  await trainedFor(person, Number(step) + 20)
  // Running it is left, running it is found.
  await person.saved('current', 'running')
  await page.reload()
  await person.says('#status', /Learning/)
  await trainedFor(person, Number(step) + 20)
  await person.reset()
  await page.reload()
  await person.says('#primary', /Start/)
  await person.says('#adapter', /·/)
  expect(await person.text('#status')).toBe('Ready: train your own, from nothing')
})

inTurn(4)('offers a kept run to a link that means another one', async () => {
  const person = await visit()
  await person.press('#primary')
  await trainedFor(person, 5)
  await person.pause()
  const url = new URL(person.page.url())
  url.searchParams.set('hidden', '20')
  await person.page.goto(url.href)
  expect(await person.says('#saved-run', /./)).toMatch(/This browser has a saved run: GRU, \d+ steps, trained on The Keeper/)
  await person.press('#resume-saved')
  await person.says('#status', /Paused/)
  expect(await person.page.$eval('[name=hidden]', (field) => (field as HTMLInputElement).value)).toBe('16')
})

inTurn(4)('a link reproduces the run', async () => {
  const settings = { ...small, cell: 'lstm', seed: '7', iterations: '40' }
  const written = async () => {
    const person = await visit({ settings })
    await person.press('#primary')
    await person.says('#status', /Done/)
    expect(new URL(person.page.url()).searchParams.get('seed')).toBe('7')
    return person.page.$eval('#samples li:last-child .timeline-text', (text) => text.textContent)
  }
  const first = await written()
  expect(first).toMatch(/^The river/)
  expect(await written()).toBe(first)
})

inTurn(4)('counts the time that is left in the words of the language', async () => {
  const person = await visit({ settings: { ...small, lang: 'zh' } })
  await person.press('#primary')
  expect(await person.says('[data-figure=left] .value', /\d/)).toMatch(/秒|分|小时/)
  expect(await person.text('[data-figure=training] .label')).toBe('训练困惑度')
})

inTurn(4)('tells what each character was drawn from, to the pointer and to the keyboard', async () => {
  const person = await visit()
  await person.press('#primary')
  await person.says('#samples', /Before training/)
  await person.press('#primary')
  await person.says('#status', /Paused/)
  await person.page.hover('#written-now [data-at="3"]')
  expect(await person.says('#written-now .characters-about', /sampled with probability/)).toMatch(/sampled with probability (< )?\d/)
  const probabilities = await person.page.$$eval('#written-now .guess-probability', (found) => found.map((one) => one.textContent))
  expect(probabilities).toHaveLength(6)
  await person.page.focus('#written-now .characters-text')
  await person.page.keyboard.press('End')
  expect(await person.page.$eval('#written-now [aria-selected=true]', (one) => (one as HTMLElement).dataset['at'])).toBe('59')
  await person.page.keyboard.press('ArrowLeft')
  expect(await person.page.$eval('#written-now [aria-selected=true]', (one) => (one as HTMLElement).dataset['at'])).toBe('58')
})

inTurn(4)('leaves the keyboard at Start while the network is prepared, asks before it resets, and comes back to Start', async () => {
  const person = await visit()
  const { page } = person
  const focused = () => page.evaluate(() => document.activeElement?.id)
  await person.says('#adapter', /·/)
  await page.focus('#primary')
  await page.keyboard.press('Enter')
  await person.says('#samples', /Before training/)
  expect(await focused()).toBe('primary')
  await page.focus('#reset')
  await page.keyboard.press('Enter')
  await person.says('.run-controls', /Discard this run/)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => document.activeElement?.id === 'reset')
  expect(await page.$('#samples')).not.toBe(null)
  for (const key of ['Enter', 'Tab', 'Enter'] as const) await page.keyboard.press(key)
  await person.says('#primary', /^Start$/)
  expect(await focused()).toBe('primary')
})

inTurn(4)('keeps what stands below the samples where it is when the next one is shorter', async () => {
  const person = await visit({ settings: { ...small, length: '300' }, screen: phone })
  const { page } = person
  await person.press('#primary')
  await person.says('#samples', /Before training/)
  await person.press('#samples li:first-child button')
  const tall = await page.$eval('#written-now', (box) => box.getBoundingClientRect().height)
  // Noise is wider than words.
  await trainedFor(person, 300)
  await page.$eval('.sample-head button', (newest) => (newest as HTMLElement).click())
  await page.waitForFunction((tall) => document.querySelector('#written-now .characters')!.getBoundingClientRect().height < tall, {}, tall)
  expect(await page.$eval('#written-now', (box) => box.getBoundingClientRect().height)).toBe(tall)
})
