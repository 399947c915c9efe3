// A file that was damaged is refused, wherever the bit lies.
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { checksumOf, crc32 } from '../../src/formats/checksum'
import { readModelFile, writeModelFile, type ModelFile } from '../../src/formats/model-file'
import { readSafetensors, writeSafetensors, type FloatTensor } from '../../src/formats/safetensors'
import { SluiceError } from '../../src/errors'
import { Random } from '../../src/random'
import { completeSpec, parameterShapes } from '../../src/spec'
import { refusal } from '../support/failure'

const characters = [...'abcdefghijklmnopqrstuvwxyz ."\\\n\u0001ü🦆']
const spec = completeSpec({ input: { ids: characters.length }, layers: [{ cell: 'lstm', hidden: 20 }], head: { classes: characters.length } })
const random = new Random(22)
const values = (shape: readonly number[]) => Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => random.uniform() - 0.5)
const drawn = () => new Map([...parameterShapes(spec)].map(([name, shape]) => [name, values(shape)]))

/** A training of a text model, as a save of it is. */
const training: ModelFile = {
  model: 'TextModel',
  spec,
  parameters: drawn(),
  vocabulary: { characters, unknown: false },
  training: {
    step: 1234,
    optimizer: 'adam',
    settings: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
    strategy: 'resident-16',
    batch: 4,
    optimizerState: new Map([
      ['mean', drawn()],
      ['square', drawn()],
    ]),
    carried: new Map([
      ['layers.0.h', values([4, 1, 20])],
      ['layers.0.c', values([4, 1, 20])],
    ]),
    loop: {
      options: { seed: 5, text: 4_000_000_000 },
      place: { epoch: 1, taken: 40, drawn: 3 },
      tally: { epoch: 1, sum: 81.25, count: 40 },
      pending: [{ step: 1233, epoch: 1, loss: 2.0625, rate: 1e-7 }],
    },
  },
}
const file = writeModelFile(training)
const headerBits = 8 * (8 + Number(new DataView(file.buffer).getBigUint64(0, true)))

/** Reads the file with one bit flipped. @returns null where it was refused as it should be */
function flipped(bit: number): string | null {
  const bytes = file.slice()
  bytes[bit >> 3]! ^= 1 << (bit & 7)
  try {
    readModelFile(bytes)
    return `bit ${bit} was taken`
  } catch (error) {
    return error instanceof SluiceError && error.code === 'bad-file' ? null : `bit ${bit}: ${String(error)}`
  }
}
const accepted = (bits: Iterable<number>) => [...bits].map(flipped).filter((one) => one !== null)

test('CRC-32 is that of zlib', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  const bytes = Uint8Array.from({ length: 1000 }, () => random.index * 77 + 255 * random.uniform())
  for (const [from, to] of [
    [0, 0],
    [0, 1],
    [0, 7],
    [0, 8],
    [3, 1000],
    [5, 998],
  ]) {
    const part = bytes.subarray(from, to)
    const [whole, inTwo] = [crc32(part), crc32(part.subarray(11), crc32(part.subarray(0, 11)))]
    expect(whole).toBe(zlibCrc32(part))
    expect(inTwo).toBe(whole)
  }
})

describe('one bit flipped', () => {
  test('6,000 seeded places of a training file: 6,000 refused', () => {
    const places = Array.from({ length: 6000 }, () => Math.floor(random.uniform() * 8 * file.length))
    expect(new Set(places.map((bit) => bit < headerBits))).toEqual(new Set([true, false]))
    expect(accepted(places)).toEqual([])
  })

  test('every bit of the header', () => {
    expect(accepted(Array.from({ length: headerBits }, (_, bit) => bit))).toEqual([])
  })

  test('the message says what is wrong and what to do', () => {
    const bytes = file.slice()
    bytes[file.length - 1]! ^= 0x40
    expect(() => readModelFile(bytes)).toThrow(
      refusal(
        'bad-file',
        /^the model file is damaged: its checksum is "[0-9a-f]{8}" \(a string\), but its content has [0-9a-f]{8}\. Copy or download it again, or use an earlier save\. .*version "1"/,
      ),
    )
  })
})

describe('files of others', () => {
  const { tensors, metadata } = readSafetensors(file)
  const { checksum, ...texts } = metadata
  const written = (how: Record<string, string>, some: Iterable<[string, FloatTensor]> = tensors) => writeSafetensors(new Map(some), how)

  test('the same content in another order is the same file', () => {
    const again = written(Object.fromEntries(Object.entries(metadata).reverse()), [...tensors].reverse())
    expect(again).not.toEqual(file)
    expect(readModelFile(again).parameters).toEqual(training.parameters)
    expect(checksum).toBe(checksumOf(metadata, tensors))
  })

  test('one of version 1, as Sluice wrote it before and others may write it, needs no checksum', () => {
    expect(readModelFile(written({ ...texts, version: '1' }))).toEqual(readModelFile(file))
  })

  test.each(['2', '3'])('one of version %s needs one', (version) => {
    expect(() => readModelFile(written({ ...texts, version }))).toThrow(
      refusal('bad-file', version === '2' ? /^the model file is damaged: it lacks its checksum, but its content has [0-9a-f]{8}/ : /has version 3, expected 2/),
    )
  })

  test('a checksum that is there counts, whatever the version', () => {
    expect(() => readModelFile(written({ ...metadata, version: '1' }))).toThrow(/its checksum is/)
  })
})
