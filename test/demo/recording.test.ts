// A recording as a person meets it: it says that it is one, of what and how fast; and a run of one's own takes its place.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { read, type Recording } from '../../demo/recordings/file'
import { told } from '../../demo/session/recording'
import { desk, phone, useBrowser, visit } from './person'
import { sampled } from '../support/sampled'

useBrowser()

const folder = new URL('../../demo/recordings/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

it.each(files)('%s tells its steps, and how many times as fast it plays', (file) => {
  const recording = read<Recording>(readFileSync(new URL(file, folder), 'utf8'))
  const { steps, timesAsFast, seconds } = told(recording)
  const { iterations } = recording.config.settings as { iterations: number }
  // One whose training breaks ends before.
  if (file !== 'gradients-explode.json') expect(steps).toBe(iterations)
  else expect(steps).toBeGreaterThan(0)
  if (/^(train|race)/.test(file)) expect(timesAsFast! * seconds).toBeGreaterThan(20)
  else expect(timesAsFast).toBeNull()
})

const tiny = { 'race.lanes': 'rnn gru', 'race.budget': '2000', 'race.batch': '4', 'race.steps': '8', 'race.iterations': '60' }

it('is named at its state, judged at its end, and gives way to a run from nothing', async () => {
  const person = await visit({ view: 'race', settings: tiny, recordings: true })
  await person.says('#status', /^A recording plays · step \d/)
  expect(await person.text('.recorded')).toMatch(
    /^Recording: RNN, GRU, LSTM, 400 training steps on The Keeper of the Lower Lock, computed by .+\. It plays [\d.]+ times as fast as it was trained\. Start trains your own, from nothing\./,
  )
  await person.says('#verdict', /^So far, at step \d+:/)
  expect(await person.text('#verdict')).not.toMatch(/What happened|last quarter/)
  await person.press('#replay')
  await person.says('#status', /^End of a recording · step 400/)
  await person.says('#verdict', /^What happened, and why: .*last quarter/)
  await person.press('#replay')
  await person.says('#status', /^A recording plays/)

  // What is waited for is counted once: what is ready never gets less.
  await person.page.evaluate(() => {
    const seen: string[] = []
    new MutationObserver(() => seen.push(document.querySelector('.run-waiting')?.textContent ?? '')).observe(document.querySelector('#status')!, {
      subtree: true,
      childList: true,
      characterData: true,
    })
    Object.assign(globalThis, { seen })
  })
  await person.press('#primary')
  expect(await person.says('#own-run', /./)).toMatch(/^Your own run, from nothing/)
  expect(await person.page.$('.recorded:not(.own)')).toBeNull()
  const ready = (await person.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).flatMap((said) => /kernels (\d+)/.exec(said)?.[1] ?? [])
  expect(ready.length).toBeGreaterThan(0)
  expect(ready.map(Number)).toEqual(ready.map(Number).toSorted((a, b) => a - b))
  await person.says('#status', /^Done · step 60/)
  await person.says('#verdict', /^What happened, and why:/)
  await person.reset()
  await person.says('#status', /^Ready/)
  expect(await person.page.$('#own-run')).toBeNull()
})

const views = ['train', 'race', 'blank', 'gradients', 'gates'] as const
const looks = views.flatMap((view) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    (['en', 'zh'] as const).flatMap((lang) =>
      [
        { where: 'on a phone', screen: phone },
        { where: 'at a desk', screen: desk },
      ].map((place) => ({ view, scheme, lang, ...place })),
    ),
  ),
)
it.each(sampled(looks, { axes: { view: ({ view }) => view, scheme: ({ scheme }) => scheme, lang: ({ lang }) => lang, where: ({ where }) => where } }))(
  'shows $view without a GPU, whole and without a fault for axe to find ($lang, $scheme, $where)',
  async ({ view, scheme, lang, screen }) => {
    const before = () => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })
    const person = await visit({ view, settings: { lang }, screen, before, recordings: true })
    await person.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await person.says('#status', lang === 'zh' ? /录像/ : /recording/)
    expect(await person.text('.recorded')).toMatch(lang === 'zh' ? /^录像：.+训练 \d+ 步.+WebGPU/ : /^Recording: .+ training steps.+WebGPU/)
    // Blanks opens with its result.
    if (view === 'blank') expect(await person.text('#buys')).toMatch(lang === 'zh' ? /每 100 个.+多猜对 \d+ 个/ : /\d+ more of 100 hidden characters/)
    expect(await person.accessibilityFaults()).toEqual([])
    expect(await person.overflows()).toBe(false)
  },
)
