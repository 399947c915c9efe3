import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Corpus } from '../../src/text/corpus'
import { Vocabulary } from '../../src/text/vocabulary'
import { refusal } from '../support/failure'

const family = '👨‍👩‍👧'
const e = 'e\u0301'
const graphemes = (text: string, options = {}) => Vocabulary.fromText(text, { symbols: 'graphemes', ...options })

describe("symbols: 'graphemes'", () => {
  it('makes one symbol of a family, a flag, a letter with its marks, and a line end of two', () => {
    expect(new Set(graphemes(`${family}🇩🇪🇫🇷${e}ก็\r\ne`).characters)).toEqual(new Set([family, '🇩🇪', '🇫🇷', e, 'ก็', '\r\n', 'e']))
  })

  it('orders by frequency, then by code points', () => {
    expect(graphemes(`bb😀～${e}e`).characters).toEqual(['b', 'e', e, '～', '😀'])
  })

  it('encodes by the longest symbol, and counts places in symbols', () => {
    const vocabulary = graphemes(`a${family}${e}e👨`)
    const text = `${family}${e}a👨e`
    expect(vocabulary.encode(text)).toHaveLength(5)
    expect(vocabulary.split(text)).toEqual([family, e, 'a', '👨', 'e'])
    expect(vocabulary.decode(vocabulary.encode(text))).toBe(text)
    expect([family, '👨', '👩', e, ''].map((symbol) => vocabulary.has(symbol))).toEqual([true, true, false, true, false])
    expect(() => vocabulary.encode(`${family}${family}👩‍🚀`)).toThrow(refusal('unknown-character', /^'👩‍🚀' \(U\+1F469 U\+200D U\+1F680\) at character 2 /))
  })

  it('gives back any text, by the same clusters as the segmenter, through JSON too', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom(family, '🇩🇪', '🇩', e, '\r\n', '\r', '각', '\u1100\u1161'),
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), fc.boolean(), (pieces, unknown) => {
        const text = pieces.join('') || 'a'
        const vocabulary = graphemes(text, { unknown })
        const clusters = Array.from(new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
        expect(vocabulary.split(text)).toEqual(clusters)
        const restored = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)))
        expect(restored.symbols).toBe('graphemes')
        expect(restored.encode(text)).toEqual(vocabulary.encode(text))
        expect(restored.decode(restored.encode(text))).toBe(text)
      }),
    )
  })

  it('makes what is not known id 0 with unknown: true', () => {
    const vocabulary = graphemes(`a${e}`, { unknown: true })
    expect([...vocabulary.encode(`a🚀${e}`)]).toEqual([1, 0, 2])
  })

  it('marks a blank with the id V', () => {
    const vocabulary = graphemes(`ab${family}`)
    expect([...vocabulary.encode('a_b', '_')]).toEqual([vocabulary.characters.indexOf('a'), 3, vocabulary.characters.indexOf('b')])
    expect(vocabulary.split(`a_${family}`, '_')).toEqual(['a', '_', family])
  })

  it('reads a saved vocabulary where there is no Intl.Segmenter, but makes none there', () => {
    const json = JSON.parse(JSON.stringify(graphemes(`${family}a`)))
    vi.stubGlobal('Intl', {})
    try {
      expect(Vocabulary.fromJSON(json).encode(`a${family}`)).toHaveLength(2)
      expect(() => Vocabulary.fromJSON(json).encode('a🚀')).toThrow(refusal('unknown-character', /^'🚀'/))
      expect(() => graphemes('a')).toThrow(refusal('bad-value', /has no Intl\.Segmenter/))
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('passes through Corpus, and an older file is of characters', () => {
    const { vocabulary, training } = Corpus.fromText(`${family}a`, { symbols: 'graphemes', heldOut: 0 })
    expect(training).toHaveLength(2)
    expect(() => Corpus.fromText('a', { vocabulary, symbols: 'characters' })).toThrow(refusal('bad-value', /but the symbols of the vocabulary are graphemes/))
    expect(Vocabulary.fromJSON({ characters: ['a'], unknown: false }).symbols).toBe('characters')
    expect(Vocabulary.fromText('a').toJSON()).toEqual({ characters: ['a'], unknown: false })
  })

  it('refuses what is wrong', () => {
    expect(() => Vocabulary.fromText('a', { symbols: 'words' as never })).toThrow(
      refusal('bad-value', /^symbols is "words" \(a string\), expected 'characters' or 'graphemes'/),
    )
    const bad =
      (characters: unknown[], symbols: unknown = 'graphemes') =>
      () =>
        Vocabulary.fromJSON({ characters, unknown: false, symbols })
    expect(bad(['a'], 'words')).toThrow(refusal('bad-file', /symbols is "words"/))
    expect(bad(['a', 'a'.repeat(65)])).toThrow(refusal('bad-file', /at most 64 code units/))
    expect(bad(['\ud83d'])).toThrow(refusal('bad-file', /expected one grapheme cluster/))
    expect(bad([''])).toThrow(refusal('bad-file', /expected one grapheme cluster/))
    expect(graphemes(`a${'\u0301'.repeat(200)}`).characters.every((symbol) => symbol.length === 1)).toBe(true)
  })
})
