// The exercises: what each leads one to expect, and that no figure there is invented.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { exercises } from '../../demo/views/exercises/exercises'
import { phone, useBrowser, visit } from './person'

useBrowser()

const all = Object.values(exercises).flat()

it.each(all)('says what to expect, in a few sentences: $question.en', ({ expect: { en, zh } }) => {
  expect(en.match(/[.?:](?= |$)/g)!.length).toBeGreaterThanOrEqual(2)
  expect(zh.match(/[。？；]/g)!.length).toBeGreaterThanOrEqual(2)
  expect(zh).toMatch(/\p{Script=Han}/u)
  expect(en).not.toMatch(/\p{Script=Han}/u)
  // Both languages have the same figures.
  const figures = (text: string) => [...text.replace(/(\d),(\d{3})/g, '$1$2').matchAll(/\d+\.\d+|\d+ ?%/g)].map(([one]) => one).sort()
  expect(figures(zh)).toEqual(figures(en))
})

it('has no figure that is not measured, or set in the exercise', () => {
  const measured = readFileSync('docs/lessons.md', 'utf8')
  for (const { question, look, settings = {}, expect: answer } of all)
    for (const [figure] of answer.en.matchAll(/\d+\.\d+|\d+(?= %)/g))
      expect(`${measured} ${look.en} ${Object.values(settings).join(' ')}`, question.en).toContain(figure)
})

it('folds the answers, and fits the narrowest phones', async () => {
  const person = await visit({ view: 'exercises', screen: { ...phone, width: 320 } })
  await person.says('.exercises', /What to expect/)
  const { en } = exercises.rnn[0]!.expect
  expect(await person.text('.exercises')).not.toContain(en)
  await person.press('.exercises summary')
  expect(await person.says('.exercises details[open]', /./)).toContain(en)
  expect(await person.page.$$('.exercises details')).toHaveLength(all.length)
  expect(await person.overflows()).toBe(false)
  expect(await person.accessibilityFaults()).toEqual([])
})
