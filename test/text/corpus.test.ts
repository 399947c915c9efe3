import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Corpus } from '../../src/text/corpus'
import { decodeText } from '../../src/text/decode'
import { Vocabulary } from '../../src/text/vocabulary'
import { refusal } from '../support/failure'

describe('Corpus.fromText', () => {
  it('holds out the end of the text, in one piece', () => {
    const text = 'abcdefghij'.repeat(3)
    const { vocabulary, training, heldOut } = Corpus.fromText(text, { heldOut: 0.25 })
    expect(heldOut).toHaveLength(7) // ⌊30 · 0.25⌋
    expect(vocabulary.decode(training) + vocabulary.decode(heldOut)).toBe(text)
  })

  it('holds out a tenth unless told, nothing with 0, and rounds down', () => {
    expect(Corpus.fromText('ab'.repeat(50)).heldOut).toHaveLength(10)
    expect(Corpus.fromText('ab'.repeat(50), { heldOut: 0 }).heldOut).toHaveLength(0)
    expect(Corpus.fromText('abc').heldOut).toHaveLength(0)
    expect(Corpus.fromText('abc').training).toHaveLength(3)
  })

  it('counts code points, not code units', () => {
    const { training, heldOut } = Corpus.fromText('🚀🌕时光😀', { heldOut: 0.4 })
    expect([training.length, heldOut.length]).toEqual([3, 2])
  })

  it('knows characters that only the held-out part has', () => {
    const { vocabulary, heldOut } = Corpus.fromText('aaaaaaaaaz')
    expect(vocabulary.decode(heldOut)).toBe('z')
  })

  it('allows one distinct character', () => {
    expect(Corpus.fromText('aaaa').vocabulary.size).toBe(1)
  })

  it('uses a given vocabulary, and says where the text leaves it', () => {
    const vocabulary = Vocabulary.fromText('cab')
    expect(Corpus.fromText('abba', { vocabulary }).vocabulary).toBe(vocabulary)
    expect(() => Corpus.fromText('abbax', { vocabulary })).toThrow(refusal('unknown-character', /^'x' \(U\+0078\) at character 4 /))
    expect(() => Corpus.fromText('ab', { vocabulary: vocabulary.toJSON() as never })).toThrow(
      refusal('bad-value', 'vocabulary is an object (Object), expected a Vocabulary such as the vocabulary of a saved model'),
    )
  })

  it.each([
    [1, 'heldOut is 1, expected a finite number from 0 to 0.9'],
    [-0.1, 'heldOut is -0.1, expected a finite number from 0 to 0.9'],
    [NaN, 'heldOut is NaN, expected a finite number from 0 to 0.9. Was it read from an empty or misspelt field?'],
    ['0.1', 'heldOut is "0.1" (a string), expected a finite number from 0 to 0.9. Convert it with Number(…) first'],
  ])('refuses heldOut %j', (heldOut, message) => {
    expect(() => Corpus.fromText('abc', { heldOut: heldOut as number })).toThrow(refusal('bad-value', message))
  })

  it('refuses an empty text and what is no string', () => {
    expect(() => Corpus.fromText('')).toThrow(refusal('bad-text', 'the text is empty, expected at least one character'))
    expect(() => Corpus.fromText(5 as never)).toThrow(refusal('bad-value', /^text is 5, expected a string/))
  })
})

describe.each([
  // [file, characters at least, most frequent, different characters at most]
  ['english', 40_000, ' e', 80],
  ['chinese', 10_000, '，。', 1500],
] as const)('the built-in text %s', (name, atLeast, frequent, different) => {
  const bytes = readFileSync(new URL(`../../demo/corpora/${name}.txt`, import.meta.url))
  const { vocabulary, training, heldOut } = Corpus.fromText(decodeText(bytes, `${name}.txt`))

  it('is long enough to learn from, and of characters that come again', () => {
    expect(training.length + heldOut.length).toBeGreaterThanOrEqual(atLeast)
    expect(vocabulary.characters.slice(0, 2).join('')).toBe(frequent)
    expect(vocabulary.size).toBeLessThan(different)
  })

  it('comes back as it was, the held-out part at its end', () => {
    expect(vocabulary.decode(training) + vocabulary.decode(heldOut)).toBe(bytes.toString('utf8'))
    expect(heldOut).toHaveLength(Math.floor((training.length + heldOut.length) * 0.1))
  })
})
