// Each of the things that are not the bytes of a file is told its own way there.
import { describe, expect, test } from 'vitest'
import { decodeText, readSafetensors, writeSafetensors } from 'sluice'
import { closestName } from '../src/spelling'
import { refusal } from './support/failure'

const file = writeSafetensors(new Map([['a', { shape: [2], values: Float32Array.of(1, 2) }]]))
const detached = () => {
  const bytes = file.slice()
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}
const shared = () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(file.length))
  bytes.set(file)
  return bytes
}
const begin = (...first: (string | number)[]) =>
  Uint8Array.from([...first.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [part])), ...Array<number>(80).fill(7)])

describe('what is not bytes', () => {
  const cases: [string, () => unknown, RegExp][] = [
    ['a string', () => 'model.safetensors', /"model\.safetensors" \(a string\), .*name of a file, read the file/],
    ['a Blob', () => new Blob(['a']), /\(Blob\), .*If it is a File or a Response, await its arrayBuffer\(\) first/],
    ['a Response', () => new Response('a'), /\(Response\), .*await its arrayBuffer\(\) first/],
    ['a promise', () => Promise.resolve(file), /\(Promise\), .*await it first/],
    ['a stream', () => new Response('a').body, /\(ReadableStream\), .*It is a stream/],
    ['another typed array', () => new Float32Array(3), /Float32Array of 3, .*new Uint8Array\(bytes\.buffer, bytes\.byteOffset, bytes\.byteLength\)/],
    ['a list of numbers', () => [1, 2], /an array of 2, .*Uint8Array\.from\(bytes\)/],
    ['nothing', () => undefined, /bytes is undefined, .*not read yet/],
    ['what was transferred', detached, /bytes is detached: its memory was transferred/],
    ['its buffer', () => detached().buffer, /bytes is detached/],
    ['shared memory', shared, /SharedArrayBuffer, so another thread may change it/],
    ['all of it', () => shared().buffer, /SharedArrayBuffer/],
  ]
  test.each(cases)('%s', (_, make, message) => {
    expect(() => readSafetensors(make() as never)).toThrow(refusal('bad-value', message) as Error)
    expect(() => decodeText(make() as never)).toThrow(refusal('bad-value', message) as Error)
  })

  test('bytes are, whatever holds them', () => {
    for (const bytes of [file, file.buffer, Buffer.from(file)]) expect(readSafetensors(bytes as never).tensors.size).toBe(1)
  })
})

describe('files of another kind', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['torch.save', begin('PK', 3, 4), /a zip archive, as torch\.save .*save_file/],
    ['an old torch.save', begin(0x80, 2), /a pickle, as torch\.save wrote before/],
    ['Keras', begin(0x89, 'HDF'), /an HDF5 file/],
    ['llama.cpp', begin('GGUF'), /a GGUF file/],
    ['gzip', begin(0x1f, 0x8b), /compressed by gzip/],
    ['Git LFS', begin('version https://git-lfs.github.com/spec/v1'), /a pointer of Git LFS/],
    ['a web page', begin('<!DOCTYPE html><html>'), /a web page/],
    ['JSON', begin('{"characters":["a"]}'), /it is JSON\. Read a vocabulary/],
    ['cut off in its header', file.slice(0, 30), /header of the file has \d+ bytes, but the file has only 22 after the length\. The file is cut off/],
    ['cut off in its tensors', file.slice(0, -3), /has 5 bytes of tensors, but its header declares 8: 3 bytes are missing at the end\. The file is cut off/],
  ]
  test.each(cases)('%s', (_, bytes, message) => expect(() => readSafetensors(bytes)).toThrow(refusal('bad-file', message) as Error))
})

test('the name that a misspelt one is for', () => {
  const names = ['steps', 'batch', 'clipNorm', 'lengths', 'dropout', 'seed']
  expect(['clipnorm', 'lenghts', 'droput', 'step', 'sede', 'frozen', 'lr', 'x'.repeat(100)].map((word) => closestName(word, names))).toEqual([
    'clipNorm',
    'lengths',
    'dropout',
    'steps',
    'seed',
    undefined,
    undefined,
    undefined,
  ])
})
