import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeUtf8, firstBadByte, readText } from '../../demo/launch/text-file.mjs'
import { temporaryFolder } from './folder'

const folder = temporaryFolder()
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder(), name), content)
  return join(folder(), name)
}

it('reads UTF-8 as it is, without a byte-order mark', () => {
  expect(readText(file('a.txt', 'héllo 你好 🙂\r\n'))).toBe('héllo 你好 🙂\r\n')
  expect(readText(file('bom.txt', '\ufeffabc'))).toBe('abc')
})

it('says what is wrong with a file', () => {
  mkdirSync(join(folder(), 'sub'))
  expect(() => readText(join(folder(), 'none.txt'))).toThrow(/^There is no file ".*none\.txt" \(looked for from/)
  expect(() => readText(join(folder(), 'sub'))).toThrow(/is a folder, expected a text file/)
  expect(() => readText(file('empty.txt', ''))).toThrow(/is empty, expected some text/)
})

it('says where a file is not UTF-8', () => {
  expect(() => readText(file('latin.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20)))).toThrow(
    /is not UTF-8: the byte at offset 3 of 5 is 0xe9, .*iconv -f WINDOWS-1252/,
  )
  const utf16 = Uint8Array.of(0xff, 0xfe, 0x61, 0x00)
  expect(() => decodeUtf8(utf16, 'x')).toThrow(/offset 0 of 4 is 0xff, .*iconv -f UTF-16/)
})

it.each([
  ['a character that is cut off', [0x61, 0xe4, 0xbd], 1],
  ['a continuation byte alone', [0x61, 0x62, 0x80], 2],
  ['an overlong form', [0xc0, 0x80], 0],
  ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
  ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
])('finds %s', (_, bytes, offset) => {
  expect(firstBadByte(Uint8Array.from(bytes))).toBe(offset)
})

it('finds a bad byte behind any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
      const [head, tail] = [new TextEncoder().encode(before), new TextEncoder().encode(after)]
      expect(firstBadByte(Uint8Array.of(...head, 0xff, ...tail))).toBe(head.length)
    }),
  )
})
