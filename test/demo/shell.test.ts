// The frame of the page: languages, colours, the keyboard, what it may load, and what it says where it cannot train.
import { gzipSync } from 'node:zlib'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cellNames } from 'sluice'
import { expect, inject, it } from 'vitest'
import { defaults as gradientDefaults } from '../../demo/shared/gradients/settings'
import { lanesOf, wordsOf, type Task } from '../../demo/shared/race/lanes'
import { defaults as raceDefaults } from '../../demo/shared/race/settings'
import { defaults as trainAndSampling } from '../../demo/shared/train/settings'
import { addressOf, exercises } from '../../demo/views/exercises/exercises'
import { sampled } from '../support/sampled'
import { desk, phone, useBrowser, visit, type Person } from './person'

useBrowser()

it('speaks the language of the address, and another one at once', async () => {
  const person = await visit({ settings: { lang: 'zh' } })
  expect(await person.says('#primary', /./)).toBe('开始')
  expect(await person.page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans')
  await person.page.locator('label[lang=en] ::-p-text(English)').click()
  expect(await person.says('#primary', /Start/)).toBe('Start')
  expect(await person.page.evaluate(() => [document.documentElement.lang, location.search])).toEqual(['en', '?lang=en'])
})

it('begins with a text in the person’s own language, which a link keeps for others', async () => {
  const chinese = () => Object.defineProperty(navigator, 'languages', { value: ['zh-CN', 'en'] })
  const name = (person: Person) => person.says('#text-about cite', /./)
  const search = (person: Person) => person.page.evaluate(() => location.search)
  const person = await visit({ settings: {}, before: chinese })
  expect(await person.says('#primary', /./)).toBe('开始')
  expect([await name(person), await search(person)]).toEqual(['望春闸', '?corpus=chinese'])
  const friend = await visit({ settings: { corpus: 'chinese' } })
  expect([await name(friend), await search(friend)]).toEqual(['望春闸', '?corpus=chinese'])
  // Who changes the language gets the text in it, and a link with the language does the same.
  await person.page.locator('label[lang=en] ::-p-text(English)').click()
  await person.page.waitForFunction(() => document.querySelector('#text-about cite')?.textContent.includes('Keeper'))
  expect(await search(person)).toBe('?lang=en')
  await person.page.reload()
  expect(await name(person)).toBe('The Keeper of the Lower Lock')
  // A link to a run on the English text has always gone without saying so.
  const reader = await visit({ settings: { hidden: '64' }, before: chinese })
  expect([await name(reader), await search(reader)]).toEqual(['The Keeper of the Lower Lock', '?hidden=64&corpus=english'])
})

it('is light or dark as the system has it, or as it is told, and remembers', async () => {
  const person = await visit()
  const background = () => person.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const { page } = person
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
  const light = await background()
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  const dark = await background()
  expect(dark).not.toBe(light)
  await page.locator('label ::-p-text(Light)').click()
  expect(await background()).toBe(light)
  await page.reload()
  expect(await background()).toBe(light)
})

it('can be walked by keyboard: the skip link first, then the views', async () => {
  const person = await visit()
  await person.says('#primary', /Start/)
  await person.page.keyboard.press('Tab')
  expect(await person.page.evaluate(() => document.activeElement?.className)).toBe('skip')
  await person.page.keyboard.press('Enter')
  expect(await person.page.evaluate(() => document.activeElement?.id)).toBe('main')
})

it('keeps settings and language in the address when one goes back, and names the views', async () => {
  const person = await visit({ settings: { lang: 'en' } })
  const { page } = person
  const to = async (view: string) => {
    await page.locator(`nav a[href="#${view}"]`).click()
    await page.waitForSelector(`[data-view=${view}]`)
  }
  await to('race')
  expect(await page.title()).toBe('Race · Sluice')
  await page.locator('label ::-p-text(中文)').click()
  await page.waitForFunction(() => document.title === '竞赛 · Sluice')
  await to('train')
  await person.fill('[name=hidden]', '64')
  await page.goBack()
  await page.waitForSelector('[data-view=race]')
  await page.goBack()
  await page.waitForSelector('[data-view=train]')
  expect(await page.evaluate(() => location.search)).toBe('?lang=zh&hidden=64&corpus=chinese')
  await page.reload()
  expect(await person.says('#primary', /./)).toBe('开始')
  expect(await page.$eval('[name=hidden]', (field) => (field as HTMLInputElement).value)).toBe('64')
})

it.each(sampled(['train', 'race', 'blank', 'gradients'] as const, { axes: {}, share: 1 / 2 }))(
  'has Start on the first screen of a phone (%s)',
  async (view) => {
    const { page } = await visit({ view, screen: phone })
    await page.waitForSelector('#primary')
    expect(await page.$eval('#primary', (button) => button.getBoundingClientRect().bottom)).toBeLessThan(phone.height)
  },
)

it.each(['race', 'gradients'] as const)('is walked on a phone in the order in which it is seen (%s)', async (view) => {
  const { page } = await visit({ view, settings: { 'race.task': 'blanks' }, screen: phone })
  await page.waitForSelector('#primary')
  const tops = await page.$$eval('main :is(a, button, input, select, summary)', (all) =>
    all.map((one) => Math.round(one.getBoundingClientRect().bottom)).filter((bottom) => bottom !== 0),
  )
  expect(tops.length).toBeGreaterThan(10)
  // What stands in one line may differ in height.
  expect(tops.filter((top, i) => top < Math.max(...tops.slice(0, i)) - 20)).toEqual([])
})

it.each(sampled(['train', 'race', 'blank', 'gradients', 'how'] as const, { axes: {}, share: 2 / 5 }))(
  'fits a desk where the letters are twice as large (%s)',
  async (view) => {
    const person = await visit({ view, screen: desk })
    const client = await person.page.createCDPSession()
    await client.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
    await person.page.waitForFunction(() => getComputedStyle(document.documentElement).fontSize === '32px')
    expect(await person.overflows()).toBe(false)
  },
)

it('shows a view from its top, and takes the keyboard there where its link went with the view before', async () => {
  const person = await visit({ view: 'race', screen: phone })
  const link = '#race-text a'
  await person.page.$eval(link, (found) => found.scrollIntoView())
  await person.page.focus(link)
  await person.page.keyboard.press('Enter')
  await person.page.waitForSelector('[data-view=train]')
  expect(await person.page.evaluate(() => [scrollY, document.activeElement?.id])).toEqual([0, 'main'])
})

it('takes a file that is dropped onto any view, and leaves a text that is dragged into a field', async () => {
  const person = await visit({ view: 'race', settings: { lang: 'en' } })
  await person.says('#race-text', /Keeper/)
  await person.drop('river.txt', new TextEncoder().encode('the river and the lock. '.repeat(20)))
  await person.says('#text-about', /river\.txt\s+480 characters/) // its name stands there while they are counted
  const taken = await person.page.$eval('[name=hidden]', (field) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.setData('text/plain', '64')
    return !field.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })
  expect(taken).toBe(false)
  expect(await person.text('#text-about')).toContain('river.txt')
})

const looks = (['light', 'dark'] as const).flatMap((scheme) =>
  (
    [
      ['on a phone', phone],
      ['at a desk', desk],
    ] as const
  ).map(([where, screen]) => ({ scheme, where, screen })),
)
it.each(sampled(looks, { axes: { scheme: ({ scheme }) => scheme, where: ({ where }) => where } }))(
  'has nothing serious for axe to find ($scheme, $where)',
  async ({ scheme, screen }) => {
    const person = await visit({ screen })
    await person.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await person.press('#primary')
    await person.says('#samples', /Before training/)
    expect(await person.accessibilityFaults()).toEqual([])
  },
)

it('says what to do where there is no WebGPU', async () => {
  const person = await visit({ recordings: true, before: () => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }) })
  expect(await person.says('#unavailable', /./)).toContain('This browser has no WebGPU')
  await person.page.locator('#unavailable summary').click()
  expect(await person.text('#unavailable')).toContain('chrome://flags/#enable-unsafe-webgpu')
  // Every view shows something all the same: what it writes, or a recording that says so.
  // Where the model is done writing already, a recording has taken its place.
  await person.page.waitForFunction(() => /The river \S/.test(document.querySelector('#opening')?.textContent ?? '') || document.querySelector('.recorded'))
  for (const [view, shown] of [
    ['train', '#samples li'],
    ['race', '#standing td'],
    ['blank', '.blank-filled'],
    ['gradients', '#figures td'],
    ['gates', '#gates-long .gates-plot'],
    ['xray', '#heat canvas'],
  ] as const) {
    await person.page.locator(`nav a[href="#${view}"]`).click()
    await person.page.waitForSelector(shown)
    if (view !== 'xray') await person.says('.recorded', /^Recording/)
    expect(await person.accessibilityFaults(), view).toEqual([])
  }
})

it('sets up each exercise with settings that the page has', () => {
  const known = new Set([
    ...Object.keys(trainAndSampling),
    ...Object.keys(raceDefaults).map((name) => `race.${name}`),
    ...Object.keys(gradientDefaults).map((name) => `gradients.${name}`),
    'xray.quantity',
  ])
  const all = Object.values(exercises).flat()
  expect(all.length).toBeGreaterThan(19)
  for (const { settings = {}, question } of all) for (const name of Object.keys(settings)) expect(known, question.en).toContain(name)
  for (const { settings = {} } of all)
    if (settings['race.lanes'])
      expect(wordsOf(lanesOf(settings['race.lanes'], (settings['race.task'] ?? 'write') as Task, cellNames))).toBe(settings['race.lanes'])
  const addresses = all.map((exercise) => addressOf(exercise, { lang: 'zh' }))
  expect(new Set(addresses).size).toBe(all.length)
  expect(addresses[0]).toBe('?lang=zh&cell=rnn#train')
})

it('is built small, whichever view is opened, and allows no script, style or request but its own', () => {
  const built = inject('built')
  const source = (name: string) => readFileSync(join(built, 'assets', name), 'utf8')
  /** The scripts that a script needs before it runs, itself included; views are imported later. */
  const needed = (name: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(name)) return seen
    seen.add(name)
    for (const [, imported] of source(name).matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) needed(imported!, seen)
    return seen
  }
  const scripts = readdirSync(join(built, 'assets')).filter((name) => name.endsWith('.js'))
  const [entry] = scripts.filter((name) => name.startsWith('index'))
  const opened = scripts.filter((name) => name.startsWith('view'))
  expect(opened.length).toBeGreaterThan(4)
  for (const view of opened) {
    const loaded = needed(view, needed(entry!))
    expect(loaded.size).toBeGreaterThan(2)
    expect([...loaded].reduce((sum, name) => sum + gzipSync(source(name)).length, 0)).toBeLessThan(60_000)
  }
  const recordings = readdirSync(join(built, 'assets')).filter((name) => name.endsWith('.json'))
  // The long text is loaded when it is chosen, by no view.
  expect(scripts.filter((name) => name.startsWith('book'))).toHaveLength(1)
  expect(recordings.length).toBeGreaterThan(8)
  expect(recordings.reduce((sum, name) => sum + source(name).length, 0)).toBeLessThan(300_000)
  const page = readFileSync(join(built, 'index.html'), 'utf8')
  expect(page).toContain('Content-Security-Policy')
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/)
})

it('paints with less than a second of work', async () => {
  const person = await visit({ settings: {} })
  const work = await person.work(async () => {
    await person.page.reload()
    await person.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length)
  })
  expect(work).toBeGreaterThan(0)
  expect(work).toBeLessThan(1000)
})
