import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Corpus } from '../../src/text/corpus'
import { decodeText } from '../../src/text/decode'
import { firstBadByte } from '../../src/text/encodings.js'
import { refusal } from '../support/failure'

const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('decodeText', () => {
  it('reads UTF-8, from an array or a buffer, without the byte-order mark', () => {
    const text = 'naïve 时光 🚀'
    const bytes = bytesOf('\ufeff' + text)
    for (const input of [bytes, bytes.buffer]) expect(decodeText(input, 'a.txt')).toBe(text)
  })

  it('reads a view of a part of a buffer', () => {
    expect(decodeText(bytesOf('xxabcxx').subarray(2, 5))).toBe('abc')
  })

  it('says which byte is not UTF-8, and what to do', () => {
    const latin1 = Uint8Array.from([...'caf'].map((c) => c.charCodeAt(0)).concat(0xe9, 0x20))
    expect(() => decodeText(latin1, 'menu.txt')).toThrow(
      refusal(
        'bad-text',
        'menu.txt is not UTF-8: the byte at offset 3 is 0xe9, which does not begin a character. Its encoding may be \'windows-1252\' ("café"). ' +
          "Pass the one whose text is right, such as decodeText(bytes, name, 'windows-1252')",
      ),
    )
    const cut = bytesOf('时光机器'.repeat(20)).subarray(0, 100)
    expect(() => decodeText(cut)).toThrow(refusal('bad-text', /offset 99 .* damaged there, or cut off/))
  })

  it('refuses no bytes, and what is not bytes; of a byte-order mark alone there is no text', () => {
    expect(() => decodeText(new Uint8Array(0), 'a.txt')).toThrow(refusal('bad-text', 'a.txt is empty, expected at least one character'))
    expect(() => Corpus.fromText(decodeText(bytesOf('\ufeff')))).toThrow(refusal('bad-text', 'the text is empty, expected at least one character'))
    expect(() => decodeText(new Blob(['a']) as never)).toThrow(
      refusal('bad-value', /^bytes is an object \(Blob\), expected a Uint8Array or an ArrayBuffer\. If it is a File .* await/),
    )
    expect(() => decodeText('abc' as never)).toThrow(refusal('bad-value', /for a string, use Corpus\.fromText/))
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
