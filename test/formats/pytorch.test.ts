// Weights of PyTorch modules in the reference give PyTorch's outputs; files by Python's safetensors are read bit for bit.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  fromPyTorch,
  parameterShapes,
  readSafetensors,
  toPyTorch,
  writeSafetensors,
  type FloatTensor,
  type LayerSpec,
  type NetworkSpec,
  type PyTorchNames,
} from 'sluice'
import { forward } from '../../src/reference'
import { recurrentLayers } from '../../src/spec'
import { expectClose } from '../reference/support'
import { refusal } from '../support/failure'

const read = (name: string) => readSafetensors(readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)))
const { tensors } = read('pytorch-modules')
const f64 = (name: string) => new Float64Array(new Uint8Array(tensors.get(name)!.bytes).buffer)
const [T, B, I, H, V, E] = [4, 2, 3, 5, 7, 4]
// Weights and sums of two biases are exact, both sides compute in float64: sums of at most 10 terms of order 1 a step, in
// another order.
const close = { absolute: 1e-13 }

const wide = (cell: LayerSpec['cell']): NetworkSpec => ({ input: { features: I }, layers: [1, 2].map(() => ({ cell, hidden: H, bidirectional: true })) })
const modules: [string, NetworkSpec][] = [
  ['lstm', wide('lstm')],
  ['gru', wide('gru-reset-after')],
  ['rnn', wide('rnn')],
  ['rnn-relu', wide('rnn-relu')],
  ['lstm-plain', { input: { features: I }, layers: [{ cell: 'lstm', hidden: H, bias: false }] }],
]
const speaker: NetworkSpec = { ...wide('lstm'), input: { ids: V, embedding: E }, head: { classes: V } }
const speakerNames = { prefix: 'speaker.lstm.', head: 'speaker.fc.', embedding: 'speaker.embed.' }

const parametersOf = (spec: NetworkSpec, names: PyTorchNames) =>
  new Map([...fromPyTorch(tensors, spec, { ...names, ignore: [''] })].map(([name, v]) => [name, Float64Array.from(v)]))

describe('from PyTorch', () => {
  test.each(modules)("%s: outputs and final states are PyTorch's", (name, spec) => {
    const { outputs, final } = forward(
      spec,
      parametersOf(spec, { prefix: `${name}.` }),
      { features: Float64Array.from(tensors.get(`${name}:x`)!.values) },
      { batch: B },
    )
    expectClose('outputs', outputs, f64(`${name}:outputs`), close) // PyTorch joins the directions as [T, B, D·H]
    const { layer } = recurrentLayers(spec)[0]!
    for (const state of layer.cell === 'lstm' ? (['h', 'c'] as const) : (['h'] as const)) {
      const theirs = f64(`${name}:${state}`) // [L·D, B, H]
      const D = layer.bidirectional ? 2 : 1
      final.forEach((ours, l) => {
        const expected = Float64Array.from(
          { length: B * D * H },
          (_, i) => theirs[((l * D + (Math.floor(i / H) % D)) * B + Math.floor(i / (D * H))) * H + (i % H)]!,
        )
        expectClose(`final ${state} of layer ${l}`, ours[state]!, expected, close)
      })
    }
  })

  test('an embedding, two layers of LSTM and a linear head, by names of their own', () => {
    const ids = Uint32Array.from(tensors.get('speaker:ids')!.values)
    const { logits } = forward(speaker, parametersOf(speaker, speakerNames), { ids }, { batch: B })
    expect(logits.length).toBe(T * B * V)
    expectClose('logits', logits, f64('speaker:outputs'), close)
  })

  test('layers that are modules of their own', () => {
    const one = new Map<string, FloatTensor>([...tensors].filter(([name]) => name.startsWith('lstm.')))
    const apart = new Map([...one].map(([name, tensor]) => [name.replace(/^lstm\.(.*)_l([01])/, (_, kind, l) => `rnn${l}.${kind}_l0`), tensor]))
    expect(fromPyTorch(apart, wide('lstm'), { prefix: ['rnn0.', 'rnn1.'] })).toEqual(fromPyTorch(one, wide('lstm'), { prefix: 'lstm.' }))
  })
})

describe('to PyTorch and back', () => {
  test.each([...modules, ['speaker', speaker] as [string, NetworkSpec]])('%s', (name, spec) => {
    const names = name === 'speaker' ? speakerNames : { prefix: `${name}.` }
    const parameters = new Map(
      [...parameterShapes(spec)].map(([n, shape], k) => [n, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 100 * k))]),
    )
    const theirs = toPyTorch(parameters, spec, names)
    // The names and shapes are those of the module's own state_dict.
    const own = [...tensors].filter(([n]) => n.startsWith(`${name}.`)).map(([n, { shape }]) => [n, shape])
    expect([...theirs].map(([n, { shape }]) => [n, shape]).sort()).toEqual(own.sort())
    expect(fromPyTorch(readSafetensors(writeSafetensors(theirs)).tensors, spec, names)).toEqual(parameters)
  })
})

describe('what is refused, and how', () => {
  const spec = wide('lstm')
  const names = { prefix: 'lstm.' }
  const cases: [string, () => unknown, RegExp][] = [
    [
      'hidden',
      () =>
        fromPyTorch(
          tensors,
          {
            ...spec,
            layers: [
              { cell: 'lstm', hidden: 8, bidirectional: true },
              { cell: 'lstm', hidden: 8, bidirectional: true },
            ],
          },
          names,
        ),
      /^LSTM layer 0: W \(lstm\.weight_ih_l0\) is \[20, 3\], expected \[32, 3\] \(4H × I, H = 8, I = 3\)\. Was this checkpoint saved with hidden = 5\?/,
    ],
    ['features', () => fromPyTorch(tensors, { ...spec, input: { features: 9 } }, names), /is \[20, 3\], expected \[20, 9\] .* other cells or sizes\?/],
    ['the cell', () => fromPyTorch(tensors, wide('gru-reset-after'), names), /^GRU-RESET-AFTER layer 0: W .* is \[20, 3\], expected \[15, 3\] \(3H × I/],
    [
      'the prefix',
      () => fromPyTorch(tensors, spec),
      /^weight_ih_l0, LSTM layer 0: W \[20, 3\] .*is not in the file\. The file has .* and \d+ more\. Pass the names of the file, such as \{ prefix/,
    ],
    [
      'no biases',
      () => fromPyTorch(tensors, { ...spec, layers: [{ cell: 'lstm', hidden: H }] }, { prefix: 'lstm-plain.' }),
      /bias_ih_l0.* is not in the file.*bias=False, create the layer with bias: false/,
    ],
    [
      'biases',
      () => fromPyTorch(tensors, { ...spec, layers: spec.layers.map((l) => ({ ...l, bias: false })) }, names),
      /^the file has lstm\.bias_\w+ \[20\], but .* with layers with biases/,
    ],
    [
      'directions',
      () =>
        fromPyTorch(
          tensors,
          {
            ...spec,
            layers: recurrentLayers(spec)
              .slice(0, 1)
              .map(({ layer }) => ({ ...layer, bidirectional: false })),
          },
          names,
        ),
      /does not use it\. Create a network with bidirectional: true/,
    ],
    ['layers', () => fromPyTorch(tensors, { ...spec, layers: spec.layers.slice(0, 1) }, names), /_l1\S* \[.*does not use it/],
    ['no head', () => fromPyTorch(tensors, { ...spec, head: { numbers: 2 } }, names), /^head\.weight, head: W \[2, 10\] .* is not in the file/],
    [
      'reset before',
      () => fromPyTorch(tensors, wide('gru'), { prefix: 'gru.' }),
      /^layers\[0\] is a gru, whose reset gate acts before the product.*gru-reset-after/,
    ],
    ['peepholes', () => toPyTorch(new Map(), { ...spec, layers: [{ cell: 'lstm', hidden: 2, peepholes: true }] }), /has peepholes/],
    ['learned states', () => toPyTorch(new Map(), { ...spec, layers: [{ cell: 'rnn', hidden: 2, learnInitial: true }] }), /learns its initial state/],
    [
      'a layer that reads backwards',
      () => toPyTorch(new Map(), { ...spec, layers: [{ cell: 'rnn', hidden: 2, backwards: true }] }),
      /reads backwards only, but/,
    ],
    [
      'directions that are merged',
      () => toPyTorch(new Map(), { ...spec, layers: [{ cell: 'rnn', hidden: 2, bidirectional: true, merge: 'sum' }] }),
      /merges its directions, but no layer of PyTorch does/,
    ],
    [
      'hard sigmoid',
      () => toPyTorch(new Map(), { ...spec, layers: [{ cell: 'lstm', hidden: 2, recurrentActivation: 'hard-sigmoid' }] }),
      /has activations of its own, but no layer of PyTorch has/,
    ],
    ['too few names', () => fromPyTorch(tensors, spec, { prefix: ['lstm.'] }), /^prefix has 1 names, expected one for each of the 2 layers/],
  ]
  test.each(cases)('%s', (_, work, message) => expect(work).toThrow(message))
})

describe('each cause has its own sentence, or is taken as it is', () => {
  const spec: NetworkSpec = { input: { ids: 5, embedding: 3 }, layers: [{ cell: 'lstm', hidden: 3 }], head: { classes: 5 } }
  const names = { prefix: 'rnn.', head: 'decoder.', embedding: 'encoder.' }
  const parameters = new Map(
    [...parameterShapes(spec)].map(([n, shape], k) => [n, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 100 * k))]),
  )
  const all = toPyTorch(parameters, spec, names)
  /** The file with its names changed; a name changed into '' is left out. */
  const renamed = (change: (name: string) => string | readonly string[]) =>
    new Map(
      [...all].flatMap(([name, tensor]) =>
        [change(name)]
          .flat()
          .filter((n) => n !== '')
          .map((n): [string, FloatTensor] => [n, tensor]),
      ),
    )
  const without = (...left: string[]) => renamed((name) => (left.includes(name) ? '' : name))
  const put = (name: string, ...by: string[]) => renamed((n) => (n === name ? by : n))

  test('a head without a bias gets zeros', () => {
    const got = fromPyTorch(without('decoder.bias'), spec, names)
    expect(got.get('head.b')).toEqual(new Float32Array(5))
    expect(got.get('head.W')).toEqual(parameters.get('head.W'))
  })

  test('a head tied to the embedding gets its weight', () => {
    const tied = without('decoder.weight')
    expect(fromPyTorch(tied, spec, names)).toEqual(fromPyTorch(new Map([...tied, ['decoder.weight', all.get('encoder.weight')!]]), spec, names))
  })

  test.each(['rnn', 'gru-reset-after', 'lstm'] as const)('%s: the names of a cell are those of a layer', (cell) => {
    const one: NetworkSpec = { input: { features: 2 }, layers: [{ cell, hidden: 3 }], head: { numbers: 1 } }
    const values = new Map([...parameterShapes(one)].map(([n, shape]) => [n, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)]))
    const named = new Map([...toPyTorch(values, one, { prefix: 'cell.' })].map(([name, tensor]) => [name.replace('_l0', ''), tensor]))
    for (const prefix of ['cell.', ['cell.']]) expect(fromPyTorch(named, one, { prefix })).toEqual(values)
  })

  const two: NetworkSpec = { ...spec, layers: [...spec.layers, ...spec.layers] }
  const hh = 'rnn.weight_hh_l0'
  const cases: [string, ReadonlyMap<string, FloatTensor>, RegExp, NetworkSpec?][] = [
    ['cells of two layers under one prefix', renamed((n) => n.replace('_l0', '')), /cells \(nn\.LSTMCell.*list with the prefix of each layer/, two],
    ['weight_norm', put(hh, `${hh}_g`, `${hh}_v`), /has weight norm \(weight_hh_l0_g and weight_hh_l0_v\).*remove_weight_norm\(module, 'weight_hh_l0'\)/],
    ['weight_norm of the head', put('decoder.weight', 'decoder.weight_g', 'decoder.weight_v'), /has weight norm.*remove_weight_norm\(module, 'weight'\)/],
    [
      'weight_norm as a parametrization',
      put(hh, 'rnn.parametrizations.weight_hh_l0.original0', 'rnn.parametrizations.weight_hh_l0.original1'),
      /by a parametrization .*remove_parametrizations\(module, 'weight_hh_l0'\)/,
    ],
    ['another parametrization', put(hh, 'rnn.parametrizations.weight_hh_l0.original'), /has a parametrization .*remove_parametrizations/],
    ['pruning', put(hh, `${hh}_orig`, `${hh}_mask`), /is pruned .*prune\.remove/],
    ['spectral norm', put('decoder.weight', 'decoder.weight_orig', 'decoder.weight_u', 'decoder.weight_v'), /has spectral norm .*remove_spectral_norm/],
    ['weight drop', put(hh, `${hh}_raw`), /has weight dropout/],
    ['nn.DataParallel', renamed((n) => `module.${n}`), /begin with module\., because nn\.DataParallel saved it.*prefix: 'module\.lstm\.'/],
    ['torch.compile', renamed((n) => `_orig_mod.${n}`), /begin with _orig_mod\., because torch\.compile saved it/],
    ['a tied head without a bias', without('decoder.weight', 'decoder.bias'), /tied to the embedding.*tensors\.set/],
    [
      'Keras',
      new Map([
        ['lstm/kernel', all.get(hh)!],
        ['lstm/recurrent_kernel', all.get(hh)!],
      ]),
      /the names of Keras/,
    ],
    ['another prefix', renamed((n) => n.replace('rnn.', 'net.lstm.')), /prefix: 'net\.lstm\.'/],
    ['no biases', without('rnn.bias_ih_l0', 'rnn.bias_hh_l0'), /create the layer with bias: false/],
    [
      'what nothing reads',
      renamed((n) => (n === 'decoder.bias' ? [n, 'attention.weight', 'attention.bias'] : n)),
      /does not use: attention\.weight, attention\.bias\..*ignore: \['attention\.'\]/,
    ],
  ]
  test.each(cases)('%s', (_, tensors, message, other = spec) => expect(() => fromPyTorch(tensors, other, names)).toThrow(refusal('bad-file', message) as Error))

  test('what is to be ignored is left out, but no part of a layer by the way', () => {
    const more = new Map([...all, ['attention.weight', all.get(hh)!]])
    for (const ignore of [['attention.'], ['attention.weight'], ['']]) expect(fromPyTorch(more, spec, { ...names, ignore })).toEqual(parametersAsRead())
    expect(() => fromPyTorch(new Map([...all, ['rnn.weight_ih_l1', all.get(hh)!]]), spec, { ...names, ignore: [''] })).toThrow(/as many layers as the file/)
  })
  const parametersAsRead = () => fromPyTorch(all, spec, names)

  test('options are checked', () => {
    expect(() => fromPyTorch(all, spec, { ...names, prefx: 'a' } as never)).toThrow(/names has no prefx\. Did you mean prefix\?/)
    expect(() => fromPyTorch(all, spec, { ...names, head: 5 } as never)).toThrow(/head is 5/)
    expect(() => toPyTorch(new Map([...parameters, ['head.b', new Float32Array(1)]]), spec, names)).toThrow(/head\.b has 1 numbers, expected 5/)
  })
})

describe('files written by Python', () => {
  const { tensors: written, metadata } = read('dtypes')
  const words = (v: Float32Array) => [...new Uint32Array(v.slice().buffer)]

  test('metadata, names and shapes', () => {
    expect(metadata).toMatchObject({ größe: '大小 🦆', quote: '"\\\n' })
    expect(Object.fromEntries([...written].filter(([name]) => !/\d$/.test(name)).map(([name, { dtype, shape }]) => [name, [dtype, shape]]))).toEqual({
      scalar: ['F32', []],
      empty: ['F32', [0, 3]],
      '[2, 3, 4]': ['F32', [2, 3, 4]],
      'größe 大小': ['F32', [1]],
      BOOL: ['BOOL', [2]],
    })
    expect([...written.get('[2, 3, 4]')!.values]).toEqual(Array.from({ length: 24 }, (_, i) => i))
    expect([...written.get('scalar')!.values]).toEqual([2.5])
    expect([...written.get('I64')!.bytes]).toEqual([0, 1, 2].flatMap((n) => [n, 0, 0, 0, 0, 0, 0, 0]))
  })

  test.each(['F16', 'BF16', 'F64'])('%s is what PyTorch makes of it in float32', (dtype) => {
    expect(written.get(dtype)!.dtype).toBe(dtype)
    expect(words(written.get(dtype)!.values)).toEqual(words(written.get(`${dtype} in F32`)!.values))
  })

  test('F32 bit for bit: what it was made of is in the other types', () => {
    const { values } = written.get('F32')!
    expect([...values.slice(20)]).toEqual([0, -0, Infinity, -Infinity, 1, 65504])
    values.slice(0, 20).forEach((v, i) => expect(Math.abs(written.get('F64')!.values[i]! / Math.PI / v - 1)).toBeLessThan(2 ** -22))
  })
})
