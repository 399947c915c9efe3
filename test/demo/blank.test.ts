// The view Fill in the blank as a person meets it.
import { describe, expect, it } from 'vitest'
import { useBrowser, visit, type Person } from './person'
import { screensOf } from './screens'
import { inTurn } from '../support/sampled'

useBrowser()

const address = { 'blank.hidden': '12', 'blank.iterations': '60' }
const hidden = (person: Person) => person.page.$$eval('#board [aria-selected=true]', (found) => found.map((one) => Number((one as HTMLElement).dataset['at'])))
/** Which button has the focus, though it is of no use now. */
const useless = (person: Person) => person.page.evaluate(() => document.activeElement?.matches('[aria-disabled=true]') && document.activeElement.id)
const score = async (person: Person, name: string) => {
  const [both, before] = await person.page.$$eval(`[data-score=${name}] td`, (cells) => cells.map((cell) => (cell as HTMLElement).innerText))
  const read = (cell: string | undefined) => {
    const [, right, of] = /^(\d+) of (\d+)/.exec(cell ?? '') ?? ['', NaN, NaN]
    return { right: Number(right), of: Number(of) }
  }
  return { both: read(both), before: read(before) }
}
/** The marks of a reader's guesses in the passage. */
const marks = (person: Person, side: string) =>
  person.page.$$eval(`.blank-filled[data-side=${side}] .blank-mark`, (found) => found.map((mark) => mark.ariaLabel))

describe.each(screensOf('blank'))('$name', ({ screen }) => {
  it('learns, guesses what is hidden from both sides and from one, and keeps the score', async () => {
    const person = await visit({ view: 'blank', screen, settings: address })
    await person.says('#note', /Press Start/)
    expect((await hidden(person)).length).toBeGreaterThan(5)
    await person.press('#primary')
    await person.says('#status', /Done/)
    expect(await person.text('.blank-figure .label')).toMatch(/^2 × 12 units/)
    const sizes = await person.page.$$eval('.blank-figure .label', (found) =>
      found.map((one) => Number((one as HTMLElement).innerText.match(/([\d,]+) weights/)![1]!.replace(/,/g, ''))),
    )
    expect(Math.abs(sizes[0]! / sizes[1]! - 1)).toBeLessThan(0.05)
    const accuracies = await person.page.$$eval('.blank-figure dd', (found) => found.map((one) => Number.parseFloat((one as HTMLElement).innerText)))
    for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(10)

    // The marks say what the score counts.
    const gaps = await hidden(person)
    await person.says('#table', /table/)
    const first = await score(person, 'passage')
    for (const side of ['both', 'before'] as const) {
      const said = await marks(person, side)
      expect(said).toHaveLength(gaps.length)
      expect(first[side]).toEqual({ right: said.filter((one) => one === 'right').length, of: gaps.length })
    }

    // By tap, and by keyboard.
    await person.press('#show-all')
    await person.says('#note', /Nothing is hidden/)
    expect(await useless(person)).toBe('show-all') // and whoever came by keyboard goes on from there
    await person.page.locator('#board [data-at="2"]').click()
    await person.says('[data-score=passage]', /of 1\b/)
    expect(await hidden(person)).toEqual([2])
    await person.page.focus('#board')
    for (const key of ['ArrowRight', 'ArrowRight', 'Space'] as const) await person.page.keyboard.press(key)
    await person.says('[data-score=passage]', /of 2\b/)
    expect(await hidden(person)).toEqual([2, 4])
    const probabilities = await person.page.$$eval('.blank-filled[data-side=both] .guess-probability', (found) =>
      found.map((one) => Number.parseFloat((one as HTMLElement).innerText.replace('<', ''))),
    )
    expect(probabilities).toHaveLength(5)
    expect(probabilities.toSorted((a, b) => b - a)).toEqual(probabilities)
    await person.press('#table summary')
    expect(await person.page.$$('#table tbody tr')).toHaveLength(2)

    // Another passage adds to the score of this one.
    const before = await score(person, 'total')
    await person.press('#another')
    await person.page.waitForFunction(
      (of) => Number(/of (\d+)/.exec(document.querySelector<HTMLElement>('[data-score=total] td')!.innerText)?.[1]) > of,
      {},
      before.both.of,
    )
    const [passage, total] = [await score(person, 'passage'), await score(person, 'total')]
    expect(total.both).toEqual({ right: before.both.right + passage.both.right, of: before.both.of + passage.both.of })
    await person.press('#reset-score')
    await person.says('[data-score=total]', /–/)
    expect(await useless(person)).toBe('reset-score')

    expect(await person.overflows()).toBe(false)
    expect(await person.accessibilityFaults()).toEqual([])
  })
})

inTurn(4)('takes a sentence of the person, hides as large a part as is told, and refuses what it does not know', async () => {
  const person = await visit({ view: 'blank', settings: { ...address, 'blank.cell': 'gru', 'blank.iterations': '10' } })
  await person.press('#primary')
  await person.says('#status', /Done/)
  await person.fill('[name=own-sentence]', 'the old keeper')
  await person.press('#use-own')
  expect(await person.page.$$('#board [data-at]')).toHaveLength(14)
  await person.page.$eval('[name=fraction]', (slider) => {
    ;(slider as HTMLInputElement).value = '0.5'
    slider.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await person.press('#random')
  await person.says('[data-score=passage]', /of 7\b/)
  expect(await hidden(person)).toHaveLength(7)
  await person.fill('[name=own-sentence]', 'the 闸')
  await person.press('#use-own')
  await person.page.locator('#board [data-at="0"]').click()
  expect(await person.says('.blank .blank-part > .failure', /never/)).toContain('has never seen this character')
})

inTurn(4)('finds the two networks again after a reload, and asks them', async () => {
  const person = await visit({ view: 'blank', settings: { ...address, 'blank.iterations': '30' } })
  await person.press('#primary')
  await person.says('#status', /Done/)
  const figures = await person.text('.blank-figures')
  await person.page.reload()
  await person.says('#status', /Done/)
  expect(await person.text('.blank-figures')).toBe(figures)
  await person.says('[data-score=passage]', /\d+ of \d+/)
  await person.press('#primary')
  await person.says('#status', /Done · step 60/)
})

it('says what to lower where the networks are too large', async () => {
  const person = await visit({ view: 'blank', settings: { 'blank.hidden': '60000' } })
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toMatch(
    /too large for this GPU.*60000 hidden units in each direction make \d+ weights.*Lower the hidden units/s,
  )
})
