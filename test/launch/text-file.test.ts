import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../cli/fs-errors.mjs'
import { longestText, readText, shellCommand } from '../../cli/text-file.mjs'
import { firstBadByte } from '../../src/text/encodings.js'
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
  expect(() => readText(join(folder(), 'none.txt'))).toThrow(/^There is no file ".*none\.txt" \(looked for in/)
  expect(() => readText(join(folder(), 'sub'))).toThrow(/is a folder, expected a text file/)
  expect(() => readText(file('empty.txt', ''))).toThrow(/is empty, expected some text/)
})

it('says which encodings a file may be in, with a line of each and the command', () => {
  const gbk = Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, 0xca, 0xc0, 0xbd, 0xe7) // 你好，世界
  const path = file('my novel.txt', gbk)
  const command = (encoding: string) => shellCommand([path, '--encoding', encoding])
  expect(() => readText(path, undefined, command)).toThrow(
    /^"[^"]*my novel\.txt" is not UTF-8: the byte at offset 0 of 10 is 0xc4, .*\n\n {2}gb18030 {7}你好，世界\n(.*\n)*.* {2}npm start -- '.*my novel\.txt' --encoding gb18030/,
  )
  expect(readText(path, 'gb18030')).toBe('你好，世界')
  expect(() => readText(file('a.txt', Uint8Array.of(0x61, 0xff)), 'gb18030')).toThrow(/is not gb18030: the byte at offset 1 of 2 is 0xff/)
  expect(readText(file('utf16.txt', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)))).toBe('a')
  expect(() => readText(file('binary.bin', Uint8Array.of(0, 0, 1, 0xff)))).toThrow(/is not text in any encoding that Sluice recognises/)
})

it('writes a command that a shell reads', () => {
  expect(shellCommand(['--hidden', '64', "it's", '--encoding', 'big5'])).toBe("npm start -- --hidden 64 'it'\\''s' --encoding big5")
  expect(shellCommand(['--', '-odd', '--encoding', 'big5'])).toBe('npm start -- --encoding big5 -- -odd')
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

describe.skipIf(process.platform === 'win32')('what is no file of text', () => {
  const path = (name: string) => join(folder(), name)

  it.each([
    ['a file as a folder', () => join(file('a.txt', 'abc'), 'b.txt'), /could not be opened: a part of its path is a file, not a folder; check the path\.$/],
    ['links in a circle', () => (symlinkSync(path('loop'), path('loop')), path('loop')), /could not be opened: its symbolic links form a loop/],
    ['a name that is too long', () => path('x'.repeat(300)), /could not be opened: its path is longer than the system allows/],
    ['a path that is too long', () => path('x/'.repeat(3000)), /could not be opened: its path is longer than the system allows/],
    ['a link to nothing', () => (symlinkSync(path('none'), path('dangling')), path('dangling')), /^There is no file/],
    ['a pipe', () => (execFileSync('mkfifo', [path('pipe')]), path('pipe')), /is a pipe, expected a text file\. Write its output to a file first/],
    ['an endless device', () => '/dev/zero', /^"\/dev\/zero" is a device, expected a text file/],
    ['an empty device', () => '/dev/null', /is a device, expected a text file/],
    ['a file that claims no length, and never ends', () => '/proc/kmsg', /is empty, expected some text|There is no file|could not be/],
    // Sparse: it takes no room.
    [
      'more than a text holds',
      () => (truncateSync(file('big.txt', 'x'), longestText + 1), path('big.txt')),
      /is too large: it has 536,870,889 bytes, and a text can have at most 536,870,888\. Use a part of it/,
    ],
    ['more than Node reads', () => (truncateSync(file('huge.txt', 'x'), 3 * 2 ** 30), path('huge.txt')), /is too large: it has 3,221,225,472 bytes/],
  ])('%s is refused in a sentence', (_, make, message) => {
    expect(() => readText(make())).toThrow(expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }))
  })

  it('a socket is refused', async () => {
    const server = createServer().listen(path('socket'))
    await once(server, 'listening')
    expect(() => readText(path('socket'))).toThrow(/is a socket, expected a text file/)
    server.close()
  })

  it.skipIf(process.getuid?.() === 0)('a folder that may not be entered is named as the cause', () => {
    mkdirSync(path('locked'))
    writeFileSync(path('locked/a.txt'), 'abc')
    chmodSync(path('locked'), 0)
    expect(() => readText(path('locked/a.txt'))).toThrow(/could not be opened: the permissions of it, or of a folder on its path, do not allow it/)
    chmodSync(path('locked'), 0o700)
  })
})

it('says of every cause what it is and what to do', () => {
  for (const code of ['ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EISDIR', 'EMFILE', 'EIO', 'ENOENT', 'EBUSY']) {
    const error = Object.assign(new Error(`${code}: raw`), { code, path: '/some/where', syscall: 'open' })
    expect(sentenceOf(error)).toMatch(/^"\/some\/where" could not be opened: .+[;,] .+\.$/)
    expect(sentenceOf(error)).not.toContain(code)
  }
  // A bug keeps its stack.
  expect(sentenceOf(new TypeError('x is not a function'))).toBeUndefined()
  expect(sentenceOf(undefined)).toBeUndefined()
})
