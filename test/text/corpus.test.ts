import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Corpus } from '../../src/text/corpus'
import { firstBadByte } from '../../src/text/encodings.js'
import { Vocabulary } from '../../src/text/vocabulary'
import { refusal } from '../support/failure'

const bytesOf = (text: string) => new TextEncoder().encode(text)

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

describe('Corpus.fromBytes', () => {
  it('reads UTF-8, from an array or a buffer, without the byte-order mark', () => {
    const text = 'naïve 时光 🚀'
    const bytes = bytesOf('\ufeff' + text)
    for (const input of [bytes, bytes.buffer]) {
      const { vocabulary, training } = Corpus.fromBytes(input as Uint8Array, 'a.txt', { heldOut: 0 })
      expect(vocabulary.decode(training)).toBe(text)
    }
  })

  it('reads a view of a part of a buffer', () => {
    const { vocabulary, training } = Corpus.fromBytes(bytesOf('xxabcxx').subarray(2, 5))
    expect(vocabulary.decode(training)).toBe('abc')
  })

  it('says which byte is not UTF-8, and what to do', () => {
    const latin1 = Uint8Array.from([...'caf'].map((c) => c.charCodeAt(0)).concat(0xe9, 0x20))
    expect(() => Corpus.fromBytes(latin1, 'menu.txt')).toThrow(
      refusal(
        'bad-text',
        'menu.txt is not UTF-8: the byte at offset 3 is 0xe9, which does not begin a character. Its encoding may be \'windows-1252\' ("café"). ' +
          "Pass the one whose text is right, such as { encoding: 'windows-1252' }",
      ),
    )
    const cut = bytesOf('时光机器'.repeat(20)).subarray(0, 100)
    expect(() => Corpus.fromBytes(cut)).toThrow(refusal('bad-text', /offset 99 .* damaged there, or cut off/))
  })

  it('refuses no bytes, nothing but a byte-order mark, and what is not bytes', () => {
    expect(() => Corpus.fromBytes(new Uint8Array(0), 'a.txt')).toThrow(refusal('bad-text', 'a.txt is empty, expected at least one character'))
    expect(() => Corpus.fromBytes(bytesOf('\ufeff'))).toThrow(refusal('bad-text', 'the text is empty, expected at least one character'))
    expect(() => Corpus.fromBytes(new Blob(['a']) as never)).toThrow(
      refusal('bad-value', /^bytes is an object \(Blob\), expected a Uint8Array or an ArrayBuffer\. If it is a File .* await/),
    )
    expect(() => Corpus.fromBytes('abc' as never)).toThrow(refusal('bad-value', /for a string, use Corpus\.fromText/))
  })
})

describe('firstBadByte', () => {
  /** By TextDecoder alone: the longest prefix that decodes ends where the first ill-formed character begins. */
  const byDecoder = (bytes: Uint8Array) => {
    const decodes = (length: number) => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
        return true
      } catch {
        return false
      }
    }
    if (decodes(bytes.length)) return -1
    for (let length = bytes.length - 1; ; length--) if (decodes(length)) return length
  }

  it.each([
    ['a lone continuation', [0x61, 0x80], 1],
    ['an overlong slash', [0xc0, 0xaf], 0],
    ['an overlong of three', [0xe0, 0x9f, 0xbf], 0],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
    ['a lead that cannot be', [0xf5, 0x80, 0x80, 0x80], 0],
    ['a character cut off at the end', [0x61, 0xf0, 0x9f, 0x9a], 1],
    ['the greatest code point', [0xf4, 0x8f, 0xbf, 0xbf], -1],
    ['nothing', [], -1],
  ])('finds %s', (_, bytes, offset) => {
    expect(firstBadByte(Uint8Array.from(bytes))).toBe(offset)
    expect(byDecoder(Uint8Array.from(bytes))).toBe(offset)
  })

  it('agrees with TextDecoder on damaged text', () => {
    // Bytes at the borders of the ranges, which even draws would seldom meet.
    const border = fc.constantFrom(
      ...[0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
    )
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }).map((text) => [...bytesOf(text)]),
      fc.array(border, { maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const bytes = Uint8Array.from(pieces.flat())
        expect(firstBadByte(bytes)).toBe(byDecoder(bytes))
      }),
      { numRuns: 2000 },
    )
  })
})

describe.each([
  // [file, characters at least, most frequent, different characters at most]
  ['english', 40_000, ' e', 80],
  ['chinese', 10_000, '，。', 1500],
] as const)('the built-in text %s', (name, atLeast, frequent, different) => {
  const bytes = readFileSync(new URL(`../../demo/corpora/${name}.txt`, import.meta.url))
  const { vocabulary, training, heldOut } = Corpus.fromBytes(bytes, `${name}.txt`)

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
