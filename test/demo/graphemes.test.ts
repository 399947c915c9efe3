// A vocabulary of grapheme clusters: what a person sees as one character is one symbol.
import { expect, it } from 'vitest'
import { charactersOf, sampledAt, join, pack } from '../../demo/shared/train/sampled-text'
import { small, useBrowser, visit } from './person'

useBrowser()

const family = '👨‍👩‍👧'
const thumb = '👍🏽'

it('packs characters of several code points, and finds each again', () => {
  const draw = (character: string, other: string) => ({
    character,
    probability: 0.75,
    alternatives: [
      { character, probability: 0.75 },
      { character: other, probability: 0.25 },
    ],
  })
  const draws = [draw('a', family), draw(family, 'a'), draw(thumb, 'b')]
  const packed = join(pack(draws.slice(0, 1)), pack(draws.slice(1)))
  expect(charactersOf(packed)).toEqual(['a', family, thumb])
  expect([0, 1, 2].map((place) => sampledAt(packed, place))).toEqual(draws)
  expect(pack([draw('a', '🦆')])).not.toHaveProperty('lengths')
})

it('is chosen among the settings, learned, sampled and inspected, and saved in the address and with the run', async () => {
  const person = await visit({ settings: { ...small, length: '20' } })
  const { page } = person
  await person.choose('source', 'paste')
  await page.waitForSelector('#paste')
  await person.paste('#paste', `${family}${thumb}e\u0301`.repeat(100))
  await person.says('#text-about', /^900 characters/)
  await page.$eval('#advanced', (details) => ((details as HTMLDetailsElement).open = true))
  await page.select('[name=symbols]', 'graphemes')
  expect(await person.says('#text-about', /graphemes/)).toBe('300 graphemes, 3 distinct')
  expect(new URL(page.url()).searchParams.get('symbols')).toBe('graphemes')
  await person.press('#primary')
  await person.says('#samples', /Before training/)
  await person.press('#primary')
  await person.says('#status', /Paused/)
  const drawn = await page.$$eval('#written-now [data-at]', (found) => found.map((one) => one.textContent!))
  expect(drawn).toHaveLength(20)
  for (const symbol of drawn) expect([family, thumb, 'e\u0301']).toContain(symbol)
  // The X-ray has a column for each symbol, not for each code point.
  await page.evaluate(() => (location.hash = 'xray'))
  await person.says('#seen', /at step \d/)
  const inspected = await page.$$eval('#one-unit [data-at]', (found) => found.map((one) => one.textContent!))
  expect(inspected).toHaveLength(300)
  for (const symbol of inspected) expect([family, thumb, 'e\u0301']).toContain(symbol)
  await page.evaluate(() => (location.hash = 'train'))
  await person.saved('current', 'paused')
  await page.reload()
  await person.says('#status', /Paused/)
  expect(await page.$eval('[name=symbols]', (field) => (field as HTMLSelectElement).value)).toBe('graphemes')
  expect(await page.$('#changed')).toBe(null)
})
