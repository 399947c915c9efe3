// Networks go to Keras and come back as they were; Keras computes of them what the reference does; and what Keras saved is read.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fromKeras, toKeras, toKerasWeights } from 'sluice/formats/keras'
import { readZip, writeZip } from '../../../src/formats/zip'
import { completeSpec, type LayerSpec, type NetworkSpec } from '../../../src/spec'
import { refusal } from '../../support/failure'
import { damaged, worst } from './compare'
import { examples, inputOf, lengths, outputOf, parametersOf } from './specs'
import { structureOf } from './structure'

interface Saved {
  readonly name: string
  readonly file: string
  readonly x: number[]
  readonly y: number[]
  readonly h5?: string
  readonly weights?: string
  readonly config?: string
}
const { saved, refused, written } = JSON.parse(readFileSync(new URL('../../fixtures/keras.json', import.meta.url), 'utf8')) as {
  saved: Saved[]
  refused: { name: string; file: string }[]
  written: { name: string; structure: string; y: number[] }[]
}
const bytesOf = (text: string) => new Uint8Array(gunzipSync(Buffer.from(text, 'base64')))

/** float32 of the other side, of a few dozen sums. */
const tolerance = 2e-6

describe.each(examples.filter(({ keras }) => keras))('$name', (example) => {
  const { spec, options } = example
  const parameters = parametersOf(spec)

  test('comes back as it was, and puts out in Keras what it should', async () => {
    const bytes = await toKeras(parameters, spec, options)
    const back = await fromKeras(bytes)
    expect(back.spec).toEqual(completeSpec(spec))
    expect([...back.parameters]).toEqual([...parameters])
    expect(back.after).toEqual(options?.after ?? [])
    expect(back.at).toBe(spec.head?.at ?? options?.at ?? 'every')
    expect(back.leftOut).toEqual([])
    const { structure, y } = written.find(({ name }) => name === example.name)!
    expect(await structureOf(bytes), 'run keras.mjs and keras_models.py again').toBe(structure)
    expect(worst(y, outputOf(spec, parameters, inputOf(spec), options))).toBeLessThan(tolerance)
  })
})

/** What is not written in the way that Keras had it. */
const oneWay: Record<string, RegExp> = {
  'skip connections, all layers joined': /^layers\[1\]\.inputs is set, and only chains are written/,
  'branches, joined at the last step': /^layers\[1\]\.inputs is set, and only chains are written/,
  'stacked cells, backwards': /^layers\[0\]\.backwards is set, and a layer of Keras that reads backwards puts out its steps in the order of reading/,
}

describe.each(saved)('$name, from Keras', ({ name, file, x, y, h5, weights, config }) => {
  test('puts out what Keras does, and goes back as it was', async () => {
    const network = await fromKeras(bytesOf(file))
    const { spec, parameters, after, at, mask } = network
    expect(worst(outputOf(spec, parameters, x, { after, at, ...(mask !== null && { lengths }) }), y)).toBeLessThan(tolerance)
    if (name in oneWay) return expect(toKeras(parameters, spec)).rejects.toThrow(refusal('bad-value', oneWay[name]!))
    const again = await fromKeras(await toKeras(parameters, spec, { after, mask, ...(!spec.head && { at }) }))
    expect(again.spec).toEqual(spec)
    expect([...again.parameters]).toEqual([...parameters])
    expect([again.after, again.at, again.mask]).toEqual([after, at, mask])
    const plain = { ...network, metadata: new Map() }
    if (h5) expect(await fromKeras(bytesOf(h5))).toEqual(plain)
    if (!weights) return
    expect(await fromKeras(bytesOf(weights), { config: config! })).toEqual(plain)
    // The layers that Sluice would write: its Dense is in no wrapper.
    if (!config!.includes('TimeDistributed')) expect([...(await fromKeras(bytesOf(weights), { spec })).parameters]).toEqual([...parameters])
    await expect(fromKeras(bytesOf(weights))).rejects.toThrow(refusal('bad-value', /^the file has weights alone, and not which layers they are of/))
  })
})

test('what acts in training alone is named, a mask told', async () => {
  const of = (name: string) => fromKeras(bytesOf(saved.find((one) => one.name === name)!.file))
  const characters = await of('a character model')
  expect(characters.leftOut).toEqual([expect.stringMatching(/^kernel regularizer of lstm/)])
  expect(characters.spec).toMatchObject({ dropout: 0.5, layers: [{ inputDropout: 0.1 }, {}], head: { classes: 6, at: 'last' } })
  expect(await of('functional, a mask of ids')).toMatchObject({ mask: 0, after: ['sigmoid'], spec: { head: { numbers: 1, loss: 'binary-cross-entropy' } } })
  expect(await of('a mask of features')).toMatchObject({ mask: -2, after: [], spec: { head: { numbers: 2 } } })
})

test('dropout within the layers is that of Keras, but for the state of a GRU', async () => {
  const inside = { inputDropout: 0.25, recurrentDropout: 0.5 }
  const spec: NetworkSpec = {
    input: { features: 3 },
    layers: [
      { cell: 'lstm', hidden: 4, ...inside },
      { cell: 'rnn', hidden: 4, recurrentDropout: 0.5 },
      { cell: 'gru', hidden: 4, bidirectional: true, ...inside },
    ],
    head: { numbers: 2 },
  }
  const file = await toKeras(parametersOf(spec), spec)
  const back = await fromKeras(file)
  expect([back.spec, back.leftOut]).toEqual([completeSpec(spec), []])
  // What a caller says of the head counts more than what was written beside the layers, so they alone are read.
  const [lstm, rnn, { recurrentDropout: _, ...gru }] = spec.layers as [LayerSpec, LayerSpec, LayerSpec]
  expect((await fromKeras(file, { head: 'numbers' })).spec).toEqual(completeSpec({ ...spec, layers: [lstm, rnn, gru] }))
})

test('the weights alone go out, for the same layers', async () => {
  const spec: NetworkSpec = { input: { features: 3 }, layers: [{ cell: 'gru-reset-after', hidden: 4, bidirectional: true }], head: { numbers: 2 } }
  const parameters = parametersOf(spec)
  const back = await fromKeras(await toKerasWeights(parameters, spec), { spec })
  expect([...back.parameters]).toEqual([...parameters])
})

describe('what Sluice does not have is refused, with the layer and the reason', () => {
  const reasons: Record<string, RegExp> = {
    'a residual connection': /^the layer add\w* \(Add\): it combines layers unit by unit, as a residual connection does; .* Train the model with Concatenate/,
    'a layer joined with itself': /^the layer concatenate\w* \(Concatenate\): it joins a layer with itself/,
    'joined along the steps': /\(Concatenate\): it joins along the axis 1, expected the last one, the units/,
    'joined at the end': /^the model puts out joined layers, and a network ends with one layer\. Let a Dense read them/,
    'joined layers with an activation': /^the layer dense\w* \(Dense\): it follows joined layers with relu/,
    'a Dense with two activations': /\(Dense\): it reads a Dense with the activation relu, which another layer reads with linear/,
    'a mask for one of two': /^the model reads its input through a Masking, and without/,
    'two inputs': /\(InputLayer\): it is a second input, and a network has one/,
    'directions one by one':
      /\(Concatenate\): it reads the output 1 of bidirectional\w*: .* a direction that is not merged\. .* merge directions by concat, not None/,
    'a Bidirectional that reads backwards first': /\(Bidirectional\): its own layer reads backwards \(go_backwards\).* Give it a layer that reads forwards/,
    'steps of stacked cells that read backwards': /^the layer rnn\w* \(RNN\): it reads backwards and puts out its steps in the order of reading/,
    'a layer norm': /^the layer layer_normalization\w* \(LayerNormalization\): it has no counterpart/,
    'steps of a layer that reads backwards': /^the layer lstm\w* \(LSTM\): it reads backwards and puts out its steps in the order of reading/,
    'another activation': /^the layer gru\w* \(GRU\): its activation is elu, expected tanh or relu/,
    'no recurrent layer': /^the model has no recurrent layer/,
  }
  test.each(refused)('$name', async ({ name, file }) => {
    await expect(fromKeras(bytesOf(file))).rejects.toThrow(refusal('bad-file', reasons[name]!))
  })

  test('options that do not fit', async () => {
    const file = bytesOf(saved[0]!.file)
    await expect(fromKeras(file, { config: '{}' })).rejects.toThrow(refusal('bad-value', /^config and spec are for a \.weights\.h5/))
    await expect(fromKeras(bytesOf(saved.find(({ weights }) => weights)!.weights!), { config: '{' })).rejects.toThrow(
      refusal('bad-file', /^config is not JSON/),
    )
    const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'gru', hidden: 2 }] }
    await expect(toKeras(parametersOf(spec), spec, { after: ['magic'] })).rejects.toThrow(refusal('bad-value', /^after contains "magic"/))
    await expect(toKeras(parametersOf(spec), { ...spec, head: { numbers: 1 } }, { at: 'last' })).rejects.toThrow(refusal('bad-value', /^at has no effect/))
  })
})

describe('a damaged file', () => {
  const file = bytesOf(saved.find(({ name }) => name === 'LSTM, 1 layers, forward')!.file)

  test('that was cut off, or is another, is refused', async () => {
    for (let n = 0; n < file.length; n += 997) await expect(fromKeras(file.slice(0, n)), String(n)).rejects.toThrow(refusal('bad-file', /./))
    for (const other of ['{"json": true}', 'PK\x03\x04', '\x89HDF\r\n\x1a\n', '\x89HDF\r\n\x1a\n'.padEnd(2000, '\0')])
      await expect(fromKeras(Uint8Array.from(other, (c) => c.charCodeAt(0)))).rejects.toThrow(refusal('bad-file', /./))
    await expect(fromKeras('model.keras' as never)).rejects.toThrow(refusal('bad-value', /^bytes is "model\.keras"/))
  })

  test('is told by its checksums, and never gives another network', async () => {
    const whole = await fromKeras(file)
    let read = 0
    for (const bytes of damaged(file, 100)) {
      const network = await fromKeras(bytes).catch((error: Error) => void expect(error.name, error.stack).toBe('SluiceError'))
      if (!network) continue
      expect(network).toEqual(whole) // the damage lies in what nothing reads, such as a date
      read++
    }
    expect(read).toBeLessThan(25)
  })

  test('gives a clear error or a network even where its checksums are right', async () => {
    const files = await readZip(file)
    for (const bytes of damaged(files.get('model.weights.h5')!, 100))
      await fromKeras(writeZip(new Map([...files, ['model.weights.h5', bytes]]))).catch(
        (error: Error) => void expect(error.name, error.stack).toBe('SluiceError'),
      )
    for (const bytes of damaged(files.get('config.json')!, 100))
      await fromKeras(writeZip(new Map([...files, ['config.json', bytes]]))).catch((error: Error) => void expect(error.name, error.stack).toBe('SluiceError'))
  })
})
