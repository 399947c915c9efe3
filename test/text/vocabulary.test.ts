import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Vocabulary } from '../../src/text/vocabulary'
import { refusal } from '../support/failure'

/** Well-formed text of any planes: `binary` makes code units of every kind, without lone surrogates. */
const anyText = fc.string({ unit: 'binary', minLength: 1 })
describe('Vocabulary.fromText', () => {
  it('orders by frequency, then by code point', () => {
    expect(Vocabulary.fromText('banana bread').characters).toEqual(['a', 'b', 'n', ' ', 'd', 'e', 'r'])
    // By code point and not by code unit: U+FF5E < U+1F600, though its unit is greater than the surrogate's.
    expect(Vocabulary.fromText('😀～').characters).toEqual(['～', '😀'])
  })

  it('does not depend on the order of the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(Vocabulary.fromText([...text].reverse().join('')).characters).toEqual(Vocabulary.fromText(text).characters)
      }),
    )
  })

  it.each(['时光机器，作者：赫·乔·威尔斯', 'naïve café', '👩‍🚀🚀 to the 🌕', 'e\u0301 is not \u00e9', '\r\n\t\0', '𝒳𠮷'])(
    'reads %j character by character and back',
    (text) => {
      const vocabulary = Vocabulary.fromText(text)
      expect(vocabulary.size).toBe(new Set(text).size)
      expect(vocabulary.encode(text)).toHaveLength([...text].length)
      expect(vocabulary.decode(vocabulary.encode(text))).toBe(text)
    },
  )

  it('gives back any text unchanged, through JSON too', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, unknown) => {
        const vocabulary = Vocabulary.fromText(text, { unknown })
        const restored = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)))
        const ids = vocabulary.encode(text)
        expect(restored.encode(text)).toEqual(ids)
        expect(restored.decode(ids)).toBe(text)
        expect(restored.toJSON()).toEqual(vocabulary.toJSON())
        expect(Math.max(...ids)).toBeLessThan(vocabulary.size)
      }),
    )
  })

  it('knows its characters', () => {
    const vocabulary = Vocabulary.fromText('a😀')
    expect(['a', '😀', 'b', '', 'aa', '\ud83d'].map((character) => vocabulary.has(character))).toEqual([true, true, false, false, false, false])
  })

  it('refuses half a surrogate pair, and says where', () => {
    const message =
      'character 2 of the text (counted from 0) is U+D83D, half of a surrogate pair. Was the text cut in the middle of a ' +
      "character? Cut it with [...text].slice(…).join(''), or replace it by U+FFFD with text.toWellFormed()"
    expect(() => Vocabulary.fromText('😀b😀'.slice(0, 4))).toThrow(refusal('bad-text', message))
    expect(() => Vocabulary.fromText('ab😀'.slice(0, 3))).toThrow(refusal('bad-text', message))
    expect(() => Vocabulary.fromText('a\ude00')).toThrow(refusal('bad-text', /^character 1 .* is U\+DE00, half/))
    expect(() => Vocabulary.fromText('ab', { unknown: true }).encode('\ud83d')).toThrow(refusal('bad-text', /^character 0/))
  })

  it('refuses an empty text and what is no string', () => {
    expect(() => Vocabulary.fromText('')).toThrow(refusal('bad-text', 'the text is empty, expected at least one character'))
    expect(() => Vocabulary.fromText(new Uint8Array(3) as never)).toThrow(
      refusal('bad-value', 'text is Uint8Array of 3, expected a string. For the bytes of a file, use decodeText(await file.arrayBuffer())'),
    )
    expect(() => Vocabulary.fromText(undefined as never)).toThrow(refusal('bad-value', /^text is undefined, expected a string/))
  })
})

describe('an unknown character', () => {
  it('is named with its code point, its place in characters, what there is and what to do', () => {
    expect(() => Vocabulary.fromText('aab c\n').encode('a😀'.replace('😀', 'cé'))).toThrow(
      refusal(
        'unknown-character',
        "'é' (U+00E9) at character 2 of the text (counted from 0) is not one of the 5 characters of the vocabulary: " +
          '"a" "\\n" " " "b" "c". Leave it out or replace it, or create the vocabulary with unknown: true. ' +
          'Was the model trained on another text?',
      ),
    )
    expect(() => Vocabulary.fromText('ab😀').encode('😀😀🚀')).toThrow(refusal('unknown-character', /^'🚀' \(U\+1F680\) at character 2 /))
  })

  it.each([
    ['abc', 'A', /Lower-case the text first/],
    ['ABC', 'a', /Upper-case the text first/],
    ['e\u0301', '\u00e9', /text\.normalize\('NFD'\)/],
    ['abc', 'ａ', /text\.normalize\('NFKC'\)/],
    ['é', '\u0301', /^U\+0301 at .*Compose the text first/],
    ['abc', '\n', /^'\\n' \(U\+000A\)/],
    ['abc', "'", /^'\\'' \(U\+0027\)/],
    ['abc', '\u200b', /^U\+200B at/],
  ])('with %j known and %j met has a remedy', (text, met, message) => {
    expect(() => Vocabulary.fromText(text).encode(met)).toThrow(refusal('unknown-character', message))
  })

  it('does not print thousands of characters', () => {
    const many = Array.from({ length: 5000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')
    expect(() => Vocabulary.fromText(many).encode('a')).toThrow(refusal('unknown-character', / and 4940 more\. /))
  })

  it('becomes id 0 with unknown: true', () => {
    const vocabulary = Vocabulary.fromText('aab', { unknown: true })
    expect(vocabulary.characters).toEqual(['\ufffd', 'a', 'b'])
    expect([...vocabulary.encode('ab😀c')]).toEqual([1, 2, 0, 0])
    expect(vocabulary.decode([1, 0, 2])).toBe('a\ufffdb')
  })

  it('is U+FFFD itself with unknown: true, and no second one', () => {
    const vocabulary = Vocabulary.fromText('\ufffd\ufffda', { unknown: true })
    expect(vocabulary.characters).toEqual(['\ufffd', 'a'])
    expect([...vocabulary.encode('a\ufffd')]).toEqual([1, 0])
  })
})

describe('decode', () => {
  it.each([2, -1, 0.5, NaN])('refuses the id %s', (id) => {
    expect(() => Vocabulary.fromText('ab').decode([0, id])).toThrow(
      refusal('bad-value', `ids[1] is ${id}, expected a whole number from 0 to 1. Are these ids from another vocabulary?`),
    )
  })
})

describe('fromJSON', () => {
  it.each([
    [null, 'the vocabulary is null, expected { characters: […], unknown: false } with at least one character'],
    ['{}', 'the vocabulary is "{}" (a string), expected { characters: […], unknown: false } with at least one character. Call JSON.parse first'],
    [{}, "the vocabulary's characters is undefined, expected"],
    [{ characters: [], unknown: false }, "the vocabulary's characters is an array of 0, expected"],
    [{ characters: ['a'] }, "the vocabulary's unknown is undefined, expected true or false"],
    [{ characters: ['a', 'bc'], unknown: false }, 'the vocabulary\'s characters[1] is "bc" (a string), expected one character'],
    [{ characters: ['a', ''], unknown: false }, 'the vocabulary\'s characters[1] is "" (a string), expected one character'],
    [{ characters: ['a', 7], unknown: false }, "the vocabulary's characters[1] is 7, expected one character"],
    [{ characters: ['\ud83d'], unknown: false }, 'the vocabulary\'s characters[0] is "\\ud83d" (a string), expected one character'],
    [{ characters: ['a', 'b', 'a'], unknown: false }, 'the vocabulary\'s characters[2] is "a" (a string), the same as characters[0]'],
    [{ characters: ['a'], unknown: true }, 'the vocabulary\'s characters[0] is "a" (a string), expected U+FFFD because unknown is true'],
  ])('refuses %j', (json, start) => {
    const error = expect.objectContaining({ code: 'bad-file', message: expect.stringContaining(start) })
    expect(() => Vocabulary.fromJSON(json)).toThrow(error)
  })

  it('keeps its own copy of the characters', () => {
    const characters = ['a', 'b']
    const vocabulary = Vocabulary.fromJSON({ characters, unknown: false })
    characters[0] = 'x'
    expect(vocabulary.decode([0, 1])).toBe('ab')
  })
})
