// Networks go to TensorFlow.js and come back as they were; TensorFlow.js computes of them what the reference does; and what it saved is read.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fromTfjs, loadTfjs, tfjsFiles, toTfjs, type TfjsWeight } from 'sluice/formats/tfjs'
import { completeSpec, type NetworkSpec } from '../../../src/spec'
import { refusal } from '../../support/failure'
import { damaged, worst } from './compare'
import { examples, inputOf, lengths, outputOf, parametersOf } from './specs'

interface Saved {
  readonly name: string
  readonly modelTopology: object
  readonly weightSpecs: TfjsWeight[]
  readonly weights: string
  readonly x: number[]
  readonly y: number[]
}
const { saved, written } = JSON.parse(readFileSync(new URL('../../fixtures/tfjs.json', import.meta.url), 'utf8')) as {
  saved: Saved[]
  written: { name: string; sha256: string; y: number[] }[]
}
const artifactsOf = ({ modelTopology, weightSpecs, weights }: Saved) => ({
  modelTopology,
  weightSpecs,
  weightData: new Uint8Array(Buffer.from(weights, 'base64')),
})
const savedOf = (name: string): Saved => saved.find((one) => one.name === name)!

/** float32 of the other side, of a few dozen sums. */
const tolerance = 2e-6

describe.each(examples.filter(({ tfjs }) => tfjs))('$name', (example) => {
  const { spec, options } = example
  const parameters = parametersOf(spec)
  const artifacts = toTfjs(parameters, spec, options)

  test('comes back as it was', () => {
    const back = fromTfjs(artifacts)
    expect(back.spec).toEqual(completeSpec(spec))
    expect([...back.parameters]).toEqual([...parameters])
    expect(back.after).toEqual(options?.after ?? [])
    expect(back.at).toBe(spec.head?.at ?? options?.at ?? 'every')
    expect(back.leftOut).toEqual([])
  })

  test('puts out in TensorFlow.js what it should', () => {
    const hash = createHash('sha256')
    for (const bytes of tfjsFiles(artifacts).values()) hash.update(bytes)
    const { sha256, y } = written.find(({ name }) => name === example.name)!
    expect(hash.digest('hex'), 'run tfjs.mjs again').toBe(sha256)
    expect(worst(y, outputOf(spec, parameters, inputOf(spec), options))).toBeLessThan(tolerance)
  })
})

describe.each(saved)('$name, from TensorFlow.js', (model) => {
  test('puts out what TensorFlow.js does, and goes back as it was', () => {
    const { spec, parameters, after, at, mask } = fromTfjs(artifactsOf(model))
    expect(mask).toBe(model.name === 'a mask' ? -2 : null)
    expect(worst(outputOf(spec, parameters, model.x, { after, at, ...(mask !== null && { lengths }) }), model.y)).toBeLessThan(tolerance)
    const again = fromTfjs(toTfjs(parameters, spec, { after, mask, ...(!spec.head && { at }) }))
    expect(again.spec).toEqual(spec)
    expect([...again.parameters]).toEqual([...parameters])
    expect([again.after, again.at, again.mask]).toEqual([after, at, mask])
  })
})

describe('the files', () => {
  const spec: NetworkSpec = { input: { ids: 6, embedding: 3 }, layers: [{ cell: 'lstm', hidden: 4 }], head: { classes: 6 } }
  const parameters = parametersOf(spec)
  const files = tfjsFiles(toTfjs(parameters, spec))

  test('come by a function', async () => {
    const asked: string[] = []
    const { spec: read, parameters: values } = await loadTfjs((name) => {
      asked.push(name)
      return files.get(name)!
    })
    expect(asked).toEqual(['model.json', 'weights.bin'])
    expect(read).toEqual(completeSpec(spec))
    expect([...values]).toEqual([...parameters])
  })

  test('come in shards, in groups, quantized', async () => {
    const artifacts = artifactsOf(savedOf('lstm, 1 layers, forward'))
    const { modelTopology, weightSpecs, weightData } = artifacts
    const manifest = [
      { paths: ['a-1of2.bin', 'a-2of2.bin'], weights: weightSpecs.slice(0, 2) },
      { paths: ['b'], weights: weightSpecs.slice(2) },
    ]
    const half = 4 * weightSpecs.slice(0, 2).reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0)
    const parts: Record<string, Uint8Array> = {
      'model.json': new TextEncoder().encode(
        JSON.stringify({ modelTopology: { keras_version: '2.9.0', model_config: modelTopology }, weightsManifest: manifest }),
      ),
      'a-1of2.bin': weightData.subarray(0, 10),
      'a-2of2.bin': weightData.subarray(10, half),
      b: weightData.subarray(half),
    }
    const whole = fromTfjs(artifacts)
    const read = await loadTfjs(async (name) => parts[name]!)
    expect([...read.parameters]).toEqual([...whole.parameters])
    const quantized = fromTfjs({
      modelTopology,
      weightSpecs: weightSpecs.map((weight) => ({ ...weight, quantization: { dtype: 'uint8', scale: 0.5, min: -1 } })),
      weightData: Uint8Array.from({ length: weightData.length / 4 }, (_, i) => i % 5),
    })
    expect([...new Set(quantized.parameters.get('layers.0.W'))].sort((a, b) => a - b)).toEqual([-1, -0.5, 0, 0.5, 1])
    const halves = fromTfjs({
      modelTopology,
      weightSpecs: weightSpecs.map((weight) => ({ ...weight, quantization: { dtype: 'float16' } })),
      weightData: new Uint8Array(new Uint16Array(weightData.length / 4).fill(0x3e00).buffer),
    })
    expect([...new Set(halves.parameters.get('layers.0.W'))]).toEqual([1.5])
  })

  test('that are not there are named', async () => {
    await expect(loadTfjs(() => new TextEncoder().encode('<html>'))).rejects.toThrow(refusal('bad-file', /^model\.json is not JSON: "<html>"/))
    await expect(loadTfjs('model.json')).rejects.toThrow(refusal('bad-value', /^source is "model\.json" \(a string\), expected the address/))
    await expect(loadTfjs(5 as never)).rejects.toThrow(refusal('bad-value', /^source is 5/))
    const graph = { format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] }
    await expect(loadTfjs(() => new TextEncoder().encode(JSON.stringify(graph)))).rejects.toThrow(refusal('bad-file', /^model\.json is of a graph model/))
    await expect(loadTfjs(new URL('http://localhost:1/model.json'))).rejects.toThrow(refusal('bad-file', /localhost:1\/model\.json cannot be fetched/))
  })
})

describe('what Sluice does not have is refused, with the layer and the reason', () => {
  const model = artifactsOf(savedOf('lstm, 2 layers, forward'))
  /** The model with a change of its text. */
  const changed = (from: string | RegExp, to: string) => {
    const text = JSON.stringify(model.modelTopology)
    expect(text).toMatch(from)
    return () => fromTfjs({ ...model, modelTopology: JSON.parse(text.replace(from, to)) as object })
  }
  test.each<[string, string | RegExp, string, RegExp]>([
    [
      'another activation',
      '"recurrent_activation":"sigmoid"',
      '"recurrent_activation":"tanh"',
      /LSTM\): its recurrent_activation is tanh, expected sigmoid or hard_sigmoid/,
    ],
    ['backwards', '"go_backwards":false', '"go_backwards":true', /it reads backwards and puts out its steps in the order of reading/],
    ['a step alone in the middle', '"return_sequences":true', '"return_sequences":false', /it follows a layer without return_sequences/],
    ['a layer of another kind', '"class_name":"LSTM"', '"class_name":"ConvLSTM2D"', /\(ConvLSTM2D\): it has no counterpart/],
    ['other units', '"units":4', '"units":5', /its kernel is \[3, 16\], expected \[3, 20\]/],
    ['a weight too many', '"use_bias":true', '"use_bias":false', /the file has weights of no layer of the model: .*bias/],
    ['a model of another kind', '"class_name":"Sequential"', '"class_name":"Net"', /the model is a Net, expected a Sequential or a Functional one/],
  ])('%s', (_, from, to, message) => {
    expect(changed(from, to)).toThrow(refusal('bad-file', message))
  })

  test('a cell that TensorFlow.js does not have', () => {
    for (const [layer, message] of [
      [{ cell: 'gru-reset-after', hidden: 2 }, /gru-reset-after, and TensorFlow\.js has no GRU with resetAfter/],
      [{ cell: 'lstm', hidden: 2, recurrentActivation: 'hard-sigmoid' }, /recurrentActivation is hard-sigmoid, and TensorFlow\.js has hard-sigmoid-0\.2/],
      [{ cell: 'lstm', hidden: 2, backwards: true }, /^layers\[0\]\.backwards is set/],
      [{ cell: 'mgu', hidden: 2 }, /^layers\[0\]\.cell is mgu, which Keras does not have/],
      [{ cell: 'lstm', hidden: 2, peepholes: true }, /^layers\[0\]\.peepholes is set/],
      [{ cell: 'lstm', hidden: 2, learnInitial: true }, /^layers\[0\]\.learnInitial is set/],
    ] as const) {
      const spec: NetworkSpec = { input: { features: 2 }, layers: [layer] }
      expect(() => toTfjs(parametersOf(spec), spec)).toThrow(refusal('bad-value', message))
    }
  })

  test('weights that were cut off, or are too many, or not finite', () => {
    for (const n of [0, 1, 100, model.weightData.length - 1])
      expect(() => fromTfjs({ ...model, weightData: model.weightData.slice(0, n) })).toThrow(
        refusal('bad-file', /ends at byte .* Is a shard missing, or cut off/),
      )
    expect(() => fromTfjs({ ...model, weightData: [model.weightData, new Uint8Array(4)] })).toThrow(refusal('bad-file', /as model\.json lists them/))
    const broken = model.weightData.slice()
    broken.set([0, 0, 0xc0, 0x7f])
    expect(() => fromTfjs({ ...model, weightData: broken })).toThrow(
      refusal('bad-file', /its kernel is NaN at 0\. Was the model saved after its training diverged/),
    )
  })

  test('a damaged description gives a network or a clear error, and no other', () => {
    const text = JSON.stringify({ modelTopology: model.modelTopology, weightSpecs: model.weightSpecs })
    let read = 0
    for (const bytes of damaged(new TextEncoder().encode(text), 1500)) {
      try {
        const { modelTopology, weightSpecs } = JSON.parse(new TextDecoder().decode(bytes)) as typeof model
        fromTfjs({ ...model, modelTopology, weightSpecs })
        read++
      } catch (error) {
        if (!(error instanceof SyntaxError)) expect((error as Error).name, (error as Error).stack).toBe('SluiceError')
      }
    }
    expect(read).toBeGreaterThan(0)
  })
})

test('the fixtures have their scripts beside them', () => {
  for (const script of ['tfjs.mjs', 'keras.mjs', 'keras_models.py']) expect(existsSync(new URL(script, import.meta.url))).toBe(true)
})
