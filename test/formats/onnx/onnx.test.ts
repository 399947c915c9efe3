// Networks go to ONNX and come back as they were; ONNX Runtime computes of them what the reference does; and what PyTorch exports is read.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { forward } from '../../../src/reference/network'
import { fromOnnx, toOnnx } from '../../../src/formats/onnx'
import { readModel, writeModel } from '../../../src/formats/onnx/messages'
import { completeSpec, type LayerSpec, type NetworkSpec } from '../../../src/spec'
import { refusal } from '../../support/failure'
import { B, examples, expectedOf, parametersOf, T } from './specs'

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'))
const runtime = fixture('onnx-runtime') as { cases: { name: string; sha256: string; outputs: Record<string, number[]> }[] }
const nodes = fixture('onnx-nodes') as {
  cases: { name: string; model: string; inputs: Record<string, { dims: number[]; values: number[] }>; outputs: Record<string, { values: number[] }> }[]
}
const pytorch = fixture('onnx-pytorch') as { cases: { name: string; model: string; x: number[]; y: number[] }[] }

/** float32 of the other side, of a few dozen sums. */
const tolerance = 2e-6
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!))))
}

describe.each(examples)('$name', (example) => {
  const { spec, options } = example
  const parameters = parametersOf(spec)
  const bytes = toOnnx(parameters, spec, options)

  test('comes back as it was', () => {
    const back = fromOnnx(bytes)
    expect(back.spec).toEqual(completeSpec(spec))
    expect([...back.parameters]).toEqual([...parameters])
    expect(back.batchFirst).toBe(false)
    expect(back.after).toEqual([])
  })

  test('is the same network without what Sluice wrote beside the graph', () => {
    // The bytes of the name, so that no reader knows it.
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace(/sluice\x12/, 'slOice\x12')
    const { spec: read, parameters: values } = fromOnnx(
      Uint8Array.from(Buffer.from(text, 'latin1')),
      spec.head && { head: 'classes' in spec.head ? 'classes' : 'numbers' },
    )
    expect(read).toEqual(completeSpec({ ...spec, dropout: 0 }))
    expect([...values]).toEqual([...parameters])
  })

  test('puts out in ONNX Runtime what it should', () => {
    const { sha256, outputs } = runtime.cases.find(({ name }) => name === example.name)!
    expect(createHash('sha256').update(bytes).digest('hex'), 'run models.mjs and runtime.py again').toBe(sha256)
    const expected = expectedOf(example, parameters)
    for (const [name, values] of Object.entries(outputs)) {
      const [, l, state] = /^layers\.(\d+)\.([hc])T$/.exec(name) ?? []
      const right = l ? expected.final[Number(l)]![state as 'h']! : spec.head ? expected.logits : expected.outputs
      // Past the end of a row ONNX puts out what the head makes of zeros; what Sluice puts out there counts for nothing.
      expect(worst(values, right), name).toBeLessThan(tolerance)
    }
  })
})

/** What a model of PyTorch puts out, by the network that was read of it; time and rows in its own order. */
function outputsOf(model: ReturnType<typeof fromOnnx>, x: readonly number[]): number[] {
  const { spec, parameters, batchFirst } = model
  const width = 'features' in spec.input ? spec.input.features : 1
  const turned = (values: ArrayLike<number>, n: number, [a, b]: readonly [number, number]) =>
    Array.from({ length: values.length }, (_, i) => values[((Math.floor(i / n) % b) * a + Math.floor(i / (n * b))) * n + (i % n)]!)
  const input = batchFirst ? turned(x, width, [T, B]) : x
  const { logits } = forward(
    spec,
    new Map([...parameters].map(([name, values]) => [name, Float64Array.from(values)])),
    'ids' in spec.input ? { ids: Uint32Array.from(input) } : { features: Float64Array.from(input) },
    { batch: B },
  )
  const { head } = spec as NetworkSpec & { head: { classes: number; at: string } }
  const V = head.classes ?? (head as unknown as { numbers: number }).numbers
  return head.at === 'every' && batchFirst ? turned(logits, V, [B, T]) : Array.from(logits)
}

describe.each(pytorch.cases.filter(({ name }) => !name.startsWith('skip')))('$name, from PyTorch', ({ model, x, y }) => {
  test('puts out what PyTorch does', () => {
    const read = fromOnnx(Buffer.from(model, 'base64'))
    let out = outputsOf(read, x)
    for (const op of read.after)
      if (op === 'Sigmoid') out = out.map((value) => 1 / (1 + Math.exp(-value)))
      else if (op === 'Softmax') {
        const V = y.length / B
        const row = (i: number) => out.slice(Math.floor(i / V) * V, (Math.floor(i / V) + 1) * V)
        out = out.map((value, i) => Math.exp(value) / row(i).reduce((sum, other) => sum + Math.exp(other), 0))
      }
    expect(worst(out, y)).toBeLessThan(tolerance)
  })
})

/** [a, b, n] → [b, a, n]. */
const exchanged = (values: ArrayLike<number>, [a, b]: readonly [number, number]): number[] => {
  const n = values.length / (a * b)
  return Array.from({ length: values.length }, (_, i) => values[((Math.floor(i / n) % a) * b + Math.floor(i / (n * a))) * n + (i % n)]!)
}

describe.each(nodes.cases)('$name, a node case of ONNX', ({ model, inputs, outputs }) => {
  const bytes = Buffer.from(model, 'base64')
  test('puts out what ONNX says', () => {
    const { spec, parameters, batchFirst } = fromOnnx(bytes)
    const { X, sequence_lens: lengths, initial_h: h, initial_c: c } = inputs
    const [T, B] = batchFirst ? [X!.dims[1]!, X!.dims[0]!] : [X!.dims[0]!, X!.dims[1]!]
    const [{ bidirectional, hidden: H } = {} as LayerSpec] = spec.layers as LayerSpec[]
    const D = bidirectional ? 2 : 1
    // ONNX has [D, B, H], and batchwise [B, D, H] as Sluice.
    const state = (one: { values: number[] }) => Float64Array.from(batchFirst ? one.values : exchanged(one.values, [D, B]))
    const { outputs: y, final } = forward(
      spec,
      new Map([...parameters].map(([name, values]) => [name, Float64Array.from(values)])),
      { features: Float64Array.from(batchFirst ? exchanged(X!.values, [B, T]) : X!.values) },
      { batch: B, ...(lengths && { lengths: lengths.values }), ...(h && { initial: [{ h: state(h), ...(c && { c: state(c) }) }] }) },
    )
    expect(Object.keys(outputs).length).toBeGreaterThan(0)
    for (const [output, { values }] of Object.entries(outputs))
      if (output === 'Y') {
        // [T, D, B, H], and batchwise [B, T, D, H]; Sluice has [T, B, D, H].
        const at = (t: number, d: number, b: number) => (batchFirst ? (b * T + t) * D + d : (t * D + d) * B + b) * H
        const turned = Array.from({ length: values.length }, (_, i) => {
          const [unit, d, b, t] = [i % H, Math.floor(i / H) % D, Math.floor(i / (H * D)) % B, Math.floor(i / (H * D * B))]
          return values[at(t, d, b) + unit]!
        })
        expect(worst(turned, y)).toBeLessThan(tolerance)
      } else expect(worst(state({ values }), final[0]![output === 'Y_c' ? 'c' : 'h']!)).toBeLessThan(tolerance)
  })
})

describe('what Sluice does not have is refused, with the operator and the reason', () => {
  test('outputs of two layers that are added', () => {
    for (const { name, model } of pytorch.cases)
      if (name.startsWith('skip'))
        expect(() => fromOnnx(Buffer.from(model, 'base64'))).toThrow(refusal('bad-file', /^the output y of the model has no counterpart: .*\bAdd\b/))
  })

  test('clipping where it matters, and coupled gates: each with the way round', () => {
    const withAttribute = (layer: LayerSpec, name: string, value: object) => {
      const spec: NetworkSpec = { input: { features: 2 }, layers: [layer] }
      const model = readModel(toOnnx(parametersOf(spec), spec))
      model.nodes.find(({ op }) => ['RNN', 'GRU', 'LSTM'].includes(op))!.attributes.push({ name, ...value })
      return writeModel(model)
    }
    const lstm: LayerSpec = { cell: 'lstm', hidden: 2 }
    const relus: LayerSpec[] = [
      { cell: 'rnn-relu', hidden: 2 },
      { cell: 'gru', hidden: 2, activation: 'relu' },
    ]
    expect(() => fromOnnx(withAttribute(lstm, 'clip', { f: 3 }))).toThrow(
      refusal('bad-file', /it clips .* \(clip\) to 3, which Sluice does not\. From 104 on a clip changes nothing: .* take the attribute away in the file/),
    )
    expect(fromOnnx(withAttribute(lstm, 'clip', { f: 104 })).spec.layers).toMatchObject([{ cell: 'lstm' }])
    for (const layer of relus)
      expect(() => fromOnnx(withAttribute(layer, 'clip', { f: 1000 }))).toThrow(
        refusal('bad-file', /\(clip\) to 1000, which Sluice does not\. A relu is clipped anywhere: .* take the attribute away in the file/),
      )
    expect(() => fromOnnx(withAttribute(lstm, 'input_forget', { i: 1 }))).toThrow(
      refusal('bad-file', /coupled \(input_forget: i = 1 − f\), which no cell of Sluice has\. Train a model with input_forget 0, or a GRU/),
    )
    expect(fromOnnx(withAttribute(lstm, 'input_forget', { i: 0 })).spec.layers).toMatchObject([{ cell: 'lstm' }])
  })

  test('a cell that ONNX does not have', () => {
    const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'mgu', hidden: 2 }] }
    expect(() => toOnnx(parametersOf(spec), spec)).toThrow(refusal('bad-value', /^layers\.0\.cell is mgu, which ONNX has no operator for/))
  })

  test('a file that was cut off, or is another', () => {
    const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'gru', hidden: 2 }] }
    const bytes = toOnnx(parametersOf(spec), spec)
    for (let n = 0; n < bytes.length; n += 7) expect(() => fromOnnx(bytes.slice(0, n)), String(n)).toThrow(refusal('bad-file', /./))
    for (const other of ['{"json": true}', 'PK\x03\x04', '\x89HDF\r\n', 'x'.repeat(1000)])
      expect(() => fromOnnx(new TextEncoder().encode(other))).toThrow(refusal('bad-file', /^the file is not an ONNX model/))
    expect(() => fromOnnx('model.onnx' as never)).toThrow(refusal('bad-value', /^bytes is "model\.onnx"/))
  })

  test('damaged bytes give a network or a clear error, and no other', () => {
    const spec: NetworkSpec = { input: { ids: 5, embedding: 2 }, layers: [{ cell: 'lstm', hidden: 2, bidirectional: true }], head: { classes: 5 } }
    const bytes = toOnnx(parametersOf(spec), spec)
    let seed = 1
    for (let i = 0; i < 1500; i++) {
      const damaged = bytes.slice()
      for (let n = 0; n < 1 + (i % 3); n++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        damaged[seed % damaged.length] = seed >>> 24
      }
      try {
        fromOnnx(damaged)
      } catch (error) {
        expect((error as Error).constructor.name, `${i}: ${(error as Error).stack}`).toBe('SluiceError')
      }
    }
  })
})

test('a network whose last layer is dense and has no head comes back as it was', () => {
  const spec: NetworkSpec = {
    input: { features: 2 },
    layers: [
      { cell: 'gru', hidden: 2 },
      { dense: 3, activation: 'relu' },
    ],
  }
  const parameters = parametersOf(spec)
  const back = fromOnnx(toOnnx(parameters, spec))
  expect(back.spec).toEqual(completeSpec(spec))
  expect([...back.parameters]).toEqual([...parameters])
})

test('the fixtures have their scripts beside them', () => {
  for (const script of ['models.mjs', 'runtime.py', 'pytorch.py', 'node_cases.py']) expect(existsSync(new URL(script, import.meta.url))).toBe(true)
})

test('dropout within the layers comes back, as what Sluice wrote beside the graph says', () => {
  const spec: NetworkSpec = {
    input: { features: 3 },
    layers: [
      { cell: 'gru', hidden: 4, inputDropout: 0.25, recurrentDropout: 0.5 },
      { cell: 'lstm', hidden: 4 },
    ],
    dropout: 0.25,
    head: { numbers: 2, loss: 'huber' },
  }
  const back = fromOnnx(toOnnx(parametersOf(spec), spec))
  expect(back.spec).toEqual(completeSpec(spec))
})
