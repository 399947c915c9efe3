import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSafetensors, SluiceError, writeSafetensors, type FloatTensor } from 'sluice'

/** A file with this header and so many bytes of tensors, which count up from 0. */
function file(header: unknown, bytes = 0): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const made = new Uint8Array(8 + json.length + bytes)
  new DataView(made.buffer).setBigUint64(0, BigInt(json.length), true)
  made.set(json, 8)
  for (let i = 0; i < bytes; i++) made[8 + json.length + i] = i
  return made
}

function withData(dtype: string, shape: number[], data: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const made = file({ a: { dtype, shape, data_offsets: [0, data.byteLength] } }, data.byteLength)
  made.set(new Uint8Array(data), made.length - data.byteLength)
  return made
}

const bad = (message: RegExp) => expect.objectContaining({ name: 'SluiceError', code: 'bad-file', message: expect.stringMatching(message) as string }) as Error
const bitsOf = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)]

describe('writing and reading back', () => {
  test('every bit of every float, names, shapes, order and metadata', () => {
    const tensor = fc.record({ shape: fc.array(fc.nat(4), { maxLength: 4 }), seed: fc.integer() }).map(({ shape, seed }): FloatTensor => {
      const values = new Float32Array(shape.reduce((n, size) => n * size, 1))
      new Uint32Array(values.buffer).forEach((_, i, words) => (words[i] = Math.imul(seed + i, 0x9e3779b1)))
      return { shape, values }
    })
    // Names such as __proto__ are names like any other, and so are integers, which objects would put in front.
    const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', '10', '9', '')).filter((n) => n !== '__metadata__')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor)), fc.dictionary(fc.string(), fc.string()), (entries, metadata) => {
        const tensors = new Map(entries)
        const read = readSafetensors(writeSafetensors(tensors, metadata))
        expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort())
        for (const [n, { shape, values }] of tensors) {
          expect(read.tensors.get(n)!.dtype).toBe('F32')
          expect(read.tensors.get(n)!.shape).toEqual(shape)
          expect(bitsOf(read.tensors.get(n)!.values)).toEqual(bitsOf(values))
        }
        expect({ ...read.metadata }).toEqual({ ...metadata })
      }),
    )
  })

  test('the tensors begin at a multiple of 8 bytes, and an offset of the bytes themselves does not matter', () => {
    for (let length = 1; length < 12; length++) {
      const values = Float32Array.of(1, 2, 3)
      const made = writeSafetensors(new Map([['x'.repeat(length), { shape: [3], values }]]))
      expect((made.length - 12) % 8).toBe(0)
      const shifted = new Uint8Array(made.length + 3)
      shifted.set(made, 3)
      expect([...readSafetensors(shifted.subarray(3)).tensors.values()][0]!.values).toEqual(values)
      expect([...readSafetensors(made.buffer).tensors.values()][0]!.values).toEqual(values)
    }
  })

  test('refuses what the format cannot hold', () => {
    expect(() => writeSafetensors(new Map([['__metadata__', { shape: [1], values: Float32Array.of(1) }]]))).toThrow(/the format reserves that name/)
    expect(() => writeSafetensors(new Map([['a', { shape: [2, 2], values: new Float32Array(3) }]]))).toThrow('a has 3 values, expected 4 for its shape [2, 2]')
  })
})

describe('types', () => {
  test('F16: every one of the 65536', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)
    const { values } = readSafetensors(withData('F16', [256, 256], halves.buffer)).tensors.get('a')!
    // IEEE 754: sign, 5 bits of exponent with bias 15, 10 of fraction.
    const from = (h: number) => {
      const [e, f] = [(h & 0x7c00) >> 10, (h & 0x3ff) / 1024]
      const size = e === 31 ? (f === 0 ? Infinity : NaN) : e === 0 ? f * 2 ** -14 : (1 + f) * 2 ** (e - 15)
      return h & 0x8000 ? -size : size
    }
    halves.forEach((h) => {
      if (!Object.is(values[h], from(h))) throw new Error(`0x${h.toString(16)} is ${values[h]}, expected ${from(h)}`)
    })
    expect(values[0x3c00]).toBe(1)
    expect(values[0x0001]).toBe(2 ** -24)
    expect(values[0x7bff]).toBe(65504)
  })

  test('BF16 is the upper half of F32, F64 is rounded', () => {
    const upper = Uint16Array.of(0x3f80, 0xbf80, 0x0000, 0x8000, 0x7f80, 0x4049, 0x0001)
    expect([...readSafetensors(withData('BF16', [7], upper.buffer)).tensors.get('a')!.values]).toEqual([1, -1, 0, -0, Infinity, 3.140625, 2 ** -133])
    const doubles = Float64Array.of(Math.PI, 1e300, -0)
    expect([...readSafetensors(withData('F64', [3, 1], doubles.buffer)).tensors.get('a')!.values]).toEqual([Math.fround(Math.PI), Infinity, -0])
  })

  test('others are there as bytes, and only asking for their values is refused', () => {
    const { tensors } = readSafetensors(
      file({ n: { dtype: 'I64', shape: [2], data_offsets: [0, 16] }, q: { dtype: 'F4', shape: [2, 3], data_offsets: [16, 19] } }, 19),
    )
    expect([...tensors.get('q')!.bytes]).toEqual([16, 17, 18])
    expect(() => tensors.get('n')!.values).toThrow(bad(/n has type I64, expected F32, F16, BF16 or F64/))
  })
})

describe('damaged files', () => {
  const whole = writeSafetensors(
    new Map([
      ['a', { shape: [2, 3], values: new Float32Array(6) }],
      ['b', { shape: [], values: Float32Array.of(1) }],
    ]),
    { k: 'v' },
  )

  test('cut anywhere', () => {
    for (let length = 0; length < whole.length; length++) expect(() => readSafetensors(whole.slice(0, length))).toThrow(bad(/The file is cut off/))
    expect(() => readSafetensors(Uint8Array.of(...whole, 0))).toThrow(bad(/1 bytes after b belong to no tensor/))
  })

  test('any byte changed gives an error of ours or a file that is read', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = whole.slice()
        changed[at] = byte
        try {
          for (const { values } of readSafetensors(changed).tensors.values()) expect(values.length).toBeLessThan(100)
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError)
          expect((error as SluiceError).code).toBe('bad-file')
        }
      }),
      { numRuns: 2000 },
    )
  })

  const at = (...data_offsets: unknown[]) => ({ dtype: 'U8', shape: [2], data_offsets })
  const cases: [string, Uint8Array, RegExp][] = [
    [
      'a header too long',
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7b),
      /header of the file would have 18446744073709551615 bytes, expected at most 100000000/,
    ],
    ['no JSON', file('{"a":'), /header of the file is not JSON/],
    ['a list', file('[]'), /header of the file is not a JSON object/],
    ['not UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /header of the file is not JSON/],
    [
      'an unknown type',
      file({ a: { dtype: 'Q7', shape: [2], data_offsets: [0, 2] } }, 2),
      /a has dtype "Q7" \(a string\), expected one of F4, .*newer program/,
    ],
    ["a type of JavaScript's", file({ a: { dtype: 'constructor', shape: [2], data_offsets: [0, 2] } }, 2), /a has dtype "constructor"/],
    ['no entry', file({ a: 7 }), /a has dtype undefined/],
    ['a shape below zero', file({ a: { dtype: 'U8', shape: [-1, -2], data_offsets: [0, 2] } }, 2), /a has shape \[-1,-2\]/],
    ['a shape that overflows', file({ a: { dtype: 'U8', shape: [2 ** 52, 2 ** 52], data_offsets: [0, 2] } }, 2), /takes 2\.028\S+ bytes, but its range has 2/],
    [
      'a shape of more than there is',
      file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4),
      /a is F32 \[2\], which takes 8 bytes, but its range has 4/,
    ],
    ['no offsets', file({ a: { dtype: 'U8', shape: [2] } }, 2), /a has data_offsets undefined, expected \[begin, end\]/],
    ['offsets beyond the file', file({ a: at(0, 2), b: at(2, 4) }, 3), /has 3 bytes of tensors, but its header declares 4: 1 bytes are missing at the end/],
    ['offsets the wrong way', file({ a: at(2, 0) }, 2), /a has the bytes 2 to 0/],
    ['tensors that overlap', file({ a: at(0, 2), b: at(1, 3) }, 3), /b begins at byte 1, within a, which ends at 2/],
    ['a gap', file({ a: at(0, 2), b: at(3, 5) }, 5), /bytes 2 to 3, between a and b, belong to no tensor/],
    ['metadata that are no texts', file({ __metadata__: { a: 1 } }), /__metadata__ of the file is not an object of strings/],
  ]
  test.each(cases)('%s', (_, bytes, message) => expect(() => readSafetensors(bytes)).toThrow(bad(message)))

  test('no bytes at all', () => expect(() => readSafetensors('x' as never)).toThrow(/bytes is "x" \(a string\), expected a Uint8Array/))
})
