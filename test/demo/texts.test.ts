// Texts of the world: files in other encodings, and text that runs from right to left.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { book } from '../../demo/shared/book'
import { phone, small, useBrowser, visit } from './person'
import { screensOf } from './screens'

useBrowser()

const cases = JSON.parse(readFileSync(new URL('../fixtures/encodings.json', import.meta.url), 'utf8')) as { encoding: string; text: string; bytes: string }[]
const bytesOf = (encoding: string) => Buffer.from(cases.find((one) => one.encoding === encoding)!.bytes, 'base64')
/** Where the pictures go, for whoever wants to see them. */
const pictures = process.env.SLUICE_PICTURES

describe.each(screensOf('texts'))('a file that is not UTF-8, $name', ({ screen }) => {
  it('is asked about, by a line as it would read, and read in what is chosen', async () => {
    const person = await visit({ screen })
    await person.drop('小说.txt', bytesOf('gb18030'))
    expect(await person.says('#encodings', /今天早上/)).toMatch(/小说\.txt is not UTF-8\. Which of these lines reads correctly\?/)
    // On a phone the settings are folded away until there is something to answer.
    await person.page.waitForFunction(() => document.activeElement?.id === 'encodings')
    expect(await person.page.$eval('#encodings', (question) => question.checkVisibility())).toBe(true)
    expect(await person.accessibilityFaults()).toEqual([])
    expect(await person.overflows()).toBe(false)
    if (pictures) await person.page.screenshot({ path: `${pictures}/gbk-${screen.width}.png`, fullPage: screen === phone })
    // By the keyboard alone: the question has it already.
    await person.page.keyboard.press('Tab')
    expect(await person.page.evaluate(() => (document.activeElement as HTMLElement).dataset['encoding'])).toBe('gb18030')
    await person.page.keyboard.press('Enter')
    await person.says('#text-about', /小说\.txt/)
    expect(await person.page.$('#encodings')).toBe(null)
    expect(await person.text('.text-preview')).toContain('今天早上我去镇上买东西')
  })
})

it('the documents and kernels of the project are a long text, which trains as the stories do', async () => {
  expect(book.length).toBeGreaterThan(200_000)
  expect(book).not.toMatch(/^\||<!--/m)
  // Both kinds are in the part that is learned and in the tenth that is held out.
  for (const part of [book.slice(0, 0.9 * book.length), book.slice(-0.1 * book.length)]) {
    expect(part).toMatch(/^# \w/m)
    expect(part).toMatch(/^fn \w+\(/m)
  }
  const person = await visit({ settings: { ...small, corpus: 'book', iterations: '10' } })
  const about = await person.says('#text-about', /characters/)
  expect(about).toContain('The documents and kernels of Sluice')
  expect(Number(/([\d,]+) characters/.exec(about)![1]!.replaceAll(',', ''))).toBe([...book].length)
  expect(await person.page.evaluate(() => location.search)).toContain('corpus=book')
  await person.press('#primary')
  expect(await person.says('#samples', /Before training/)).toContain('The kernel')
})

it('a file that is asked about may be left, and what was there before is kept', async () => {
  const person = await visit()
  await person.drop('river.txt', new TextEncoder().encode('水が流れる。'.repeat(20)))
  await person.says('#text-about', /river\.txt/)
  await person.drop('b.txt', bytesOf('windows-1251'))
  await person.says('#encodings', /Сегодня утром/)
  await person.press('#encodings [data-answer=no]')
  await person.page.waitForFunction(() => !document.querySelector('#encodings'))
  expect(await person.text('#text-about')).toContain('river.txt')
})

it('markup in a file is text', async () => {
  const person = await visit()
  await person.drop('<img src=x>.txt', Buffer.from('<b>caf\xe9</b><img src=x onerror=alert(1)> d\xe9j\xe0 vu\n', 'latin1'))
  expect(await person.says('#encodings', /café/)).toContain('<b>café</b><img src=x onerror=alert(1)> déjà vu')
  expect(await person.page.$('#encodings img, #encodings b')).toBe(null)
})

const hebrew = 'בוקר אור היום הלכתי לשוק ופגשתי חבר '

/** Elements whose own text has Hebrew letters, or fields for text, without a direction of their own text's. */
const withoutDirection = () =>
  [...document.querySelectorAll<HTMLElement>('body *')]
    .filter((element) => {
      const field = element.matches('textarea, input[type=text]')
      const own = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent)
        .join('')
      return field || (element.closest('script, style, svg, option') === null && /[\u05d0-\u05ea]/.test(own.replace(/\u2068.*?\u2069/g, '')))
    })
    .filter((element) => element.closest('[dir=auto], bdi') === null)
    .map((element) => element.outerHTML.slice(0, 160))

it('the person’s text has the direction of its own wherever it stands', async () => {
  const person = await visit({ settings: { ...small, 'race.budget': '1000', 'race.batch': '4', 'race.steps': '8' } })
  await person.drop('ספר.txt', new TextEncoder().encode(hebrew.repeat(60)))
  await person.says('#text-about', /ספר\.txt/)
  expect(await person.page.evaluate(withoutDirection), 'before training').toEqual([])
  await person.press('#primary')
  await person.says('#samples', /[\u05d0-\u05ea]/)
  await person.press('#primary')
  await person.says('#status', /Paused/)
  for (const view of ['train', 'race', 'xray', 'blank', 'gradients', 'how']) {
    await person.page.evaluate((view) => void (location.hash = view), view)
    await person.page.waitForSelector(`nav [href="#${view}"][aria-current]`)
    if (view === 'xray') await person.says('.xray', /[\u05d0-\u05ea]/)
    if (view === 'blank') await person.says('#board', /[\u05d0-\u05ea]/)
    expect(await person.page.evaluate(withoutDirection), view).toEqual([])
  }
})
