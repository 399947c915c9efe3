import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeText, guessEncodings } from '../../src/text/decode'
import { refusal } from '../support/failure'

const cases = JSON.parse(readFileSync(new URL('../fixtures/encodings.json', import.meta.url), 'utf8')) as { encoding: string; text: string; bytes: string }[]
const bytesOf = ({ bytes }: { bytes: string }) => new Uint8Array(Buffer.from(bytes, 'base64'))

describe.each(cases)('a text in $encoding', (given) => {
  const { encoding, text } = given
  const bytes = bytesOf(given)

  it('is read when its encoding is given', () => {
    expect(decodeText(bytes, 'a.txt', encoding)).toBe(text)
  })

  it('is refused without, with the encodings it may be in; where a person looks, it is among them with a line as it reads', () => {
    const guesses = guessEncodings(bytes)
    expect(guesses.length).toBeLessThanOrEqual(4)
    const found = guesses.find((guess) => guess.encoding === encoding)
    expect(text.replace(/\s+/g, ' ')).toContain(found!.sample.replaceAll('…', '').slice(0, 20))
    expect(guesses[0]!.encoding).toBe(encoding)
    expect(() => decodeText(bytes, 'a.txt')).toThrow(refusal('bad-text', /^a\.txt is not UTF-8: .* Its encoding may be '/s))
    expect(() => decodeText(bytes, 'a.txt')).toThrow(encoding)
  })

  it('is known by any line of it, as one of those that are shown', () => {
    if (encoding.startsWith('utf-16')) return
    const lines = text.split('\n')
    const parts = Buffer.from(bytes)
      .toString('latin1')
      .split('\n')
      .map((line) => Uint8Array.from(Buffer.from(line, 'latin1')))
    parts.forEach((line, i) => {
      if (encoding !== 'iso-2022-jp' && line.every((byte) => byte < 0x80)) return
      expect(
        guessEncodings(line).map((guess) => guess.encoding),
        lines[i],
      ).toContain(encoding)
    })
  })
})

it('a byte-order mark tells the encoding, and counts more than an option', () => {
  const text = 'naïve 时光'
  const units = Uint16Array.from(text, (_, i) => text.charCodeAt(i))
  const le = Uint8Array.from([0xff, 0xfe, ...new Uint8Array(units.buffer)])
  const be = le.map((_, i) => le[i ^ 1]!)
  for (const [bytes, encoding] of [
    [le, 'utf-16le'],
    [be, 'utf-16be'],
    [new TextEncoder().encode(`\ufeff${text}`), 'utf-8'],
  ] as const) {
    expect(decodeText(bytes)).toBe(text)
    expect(decodeText(bytes, 'a.txt', 'gb18030')).toBe(text)
    expect(guessEncodings(bytes)).toEqual([{ encoding, sample: text }])
  }
})

it('an encoding that is not known, or not that of the bytes, is refused', () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0xff)
  for (const encoding of ['klingon', '', 7, null])
    expect(() => decodeText(bytes, 'a.txt', encoding as string)).toThrow(refusal('bad-value', /^encoding is .*expected a label that TextDecoder knows/))
  expect(() => decodeText(bytes, 'a.txt', 'GBK')).toThrow(refusal('bad-text', /^a\.txt is not gb18030: the byte at offset 1 is 0xff/))
  expect(() => guessEncodings('abc' as never)).toThrow(refusal('bad-value', /^bytes is/))
})

it('what is no text, or UTF-8 that was cut off, has no guess', () => {
  const png = readFileSync(new URL('../../demo/public/train.png', import.meta.url))
  expect(guessEncodings(png)).toEqual([])
  expect(() => decodeText(png, 'train.png')).toThrow(refusal('bad-text', /not text in any encoding that Sluice can guess/))
  expect(guessEncodings(new TextEncoder().encode('时光机器'.repeat(9)).subarray(1))).toEqual([])
  expect(guessEncodings(new Uint8Array(0))).toEqual([])
})

it('the one letter that is not ASCII may stand far behind', () => {
  const bytes = new Uint8Array(300_000).fill(0x61)
  bytes.set([0xe9, 0x20], 299_000)
  expect(guessEncodings(bytes)[0]!.encoding).toBe('windows-1252')
  expect(() => decodeText(bytes)).toThrow(refusal('bad-text', /offset 299000 is 0xe9/))
})

it('never throws, whatever the bytes, and shows nothing that cannot be seen', () => {
  const some = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ min: 0x80, maxLength: 60 }),
    fc
      .constantFrom(...cases)
      .chain((one) =>
        fc
          .tuple(fc.nat(bytesOf(one).length), fc.uint8Array({ maxLength: 3 }))
          .map(([at, noise]) => Uint8Array.from([...bytesOf(one).subarray(0, at), ...noise, ...bytesOf(one).subarray(at)])),
      ),
  )
  fc.assert(
    fc.property(some, (bytes) => {
      for (const { encoding, sample } of guessEncodings(bytes)) {
        expect(new TextDecoder(encoding).encoding).toBe(encoding)
        expect([...sample].length).toBeLessThanOrEqual(60)
        expect(sample).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      }
      try {
        decodeText(bytes)
      } catch (error) {
        expect(error).toMatchObject({ name: 'SluiceError', code: 'bad-text' })
      }
    }),
    { numRuns: 1000 },
  )
})
