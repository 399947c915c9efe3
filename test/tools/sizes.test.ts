// What an app downloads by what it imports: `npm run sizes`.
import { beforeAll, expect, test } from 'vitest'
import { apps, sizes } from '../../tools/sizes.mjs'

let made: Awaited<ReturnType<typeof sizes>>
beforeAll(async () => void (made = await sizes()))

test.each(apps)('$name is no larger than it may be', ({ name, most }) => {
  const { atOnce } = made.find((app) => app.name === name)!
  expect(atOnce.gzipped).toBeLessThanOrEqual(most)
  expect(atOnce.gzipped, 'so much smaller that the figure can be lowered').toBeGreaterThan(0.8 * most)
})

test('kernels of software adapters are chunks that are loaded later', () => {
  const { code, later } = made[0]!
  expect(code).toContain('@compute')
  expect(later.map(({ name }) => name).sort()).toEqual(expect.arrayContaining([expect.stringMatching(/resident/), expect.stringMatching(/tile/)]))
  // What only they have: the registers of the one, blocks turned by quads of the other.
  for (const [word, kernel] of [
    ['bank15', 'resident'],
    ['quad_transpose', 'tile'],
  ] as const)
    expect(code, kernel).not.toContain(word)
})

test('what has no kernels bundles none, nor their contracts', () => {
  const { code } = made.find(({ name }) => name === 'readSafetensors')!
  expect(code).not.toMatch(/@compute|workgroup|cell\//)
})

test('who imports one model has none of the other', () => {
  // What each says of data that is none of its own.
  for (const { name, code } of made)
    for (const [word, of] of [
      ['a Corpus such as', 'TextModel'],
      ['a Series such as', 'SeriesModel'],
    ] as const)
      expect(code.includes(word), `${name}: ${word}`).toBe(name.startsWith(of))
})

test('who imports no converter has none', () => {
  // Names of weights in Keras, an operator of ONNX, an option of the raw arrays.
  for (const { name, entry, code } of made)
    for (const [word, of] of [
      ['recurrent_kernel', 'formats/tfjs'],
      ['linear_before_reset', 'formats/onnx'],
      ['updateTakesCandidate', 'formats/'],
    ] as const)
      expect(code.includes(word), `${name}: ${word}`).toBe(entry?.startsWith(of) ?? false)
})
