// What a PyTorch file says of its network: any that can be written is found again, under whatever names.
import { describe, expect, test } from 'vitest'
import { describePyTorch, fromPyTorch, parameterShapes, toPyTorch, type FloatTensor, type NetworkSpec } from 'sluice'
import { numbers } from '../support/kernel'

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const parametersOf = (spec: NetworkSpec) => new Map([...parameterShapes(spec)].map(([name, shape], i) => [name, numbers(count(shape), i + 1)]))

const cells = ['rnn', 'gru-reset-after', 'lstm'] as const
const specs = cells.flatMap((cell) =>
  [1, 2, 3].flatMap((layers) =>
    [false, true].flatMap((bidirectional) =>
      (['two', false] as const).flatMap((bias) =>
        [{ features: 4 }, { ids: 9, embedding: 4 }].map((input): NetworkSpec => ({
          input,
          layers: Array.from({ length: layers }, () => ({ cell, hidden: 5, ...(bidirectional && { bidirectional }), bias })),
          head: { classes: 7 },
        })),
      ),
    ),
  ),
)

describe.each([
  { prefix: '', head: 'head.', embedding: 'embedding.' },
  { prefix: 'module.lstm.', head: 'module.fc.', embedding: 'module.embed.' },
  { prefix: '_orig_mod.net.0.', head: '_orig_mod.net.2.', embedding: '_orig_mod.wte.' },
])('under the names $prefix, $head, $embedding', (names) => {
  test(`all ${specs.length} networks are found again, with every parameter`, () => {
    for (const spec of specs) {
      const parameters = parametersOf(spec)
      const file = toPyTorch(parameters, spec, names)
      const found = describePyTorch(file)
      expect(found.spec).toEqual(spec)
      const came = fromPyTorch(file, found.spec, found.names)
      for (const [name, values] of parameters) expect(came.get(name), name).toEqual(values)
      // And out again under the same names.
      expect([...toPyTorch(came, found.spec, found.names).keys()].sort()).toEqual([...file.keys()].sort())
    }
  })
})

const tensors = (shapes: Readonly<Record<string, readonly number[]>>): Map<string, FloatTensor> =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, values: new Float32Array(count(shape)) }]))
const lstm = (prefix: string, I: number, H: number, suffix = '_l0') => ({
  [`${prefix}weight_ih${suffix}`]: [4 * H, I],
  [`${prefix}weight_hh${suffix}`]: [4 * H, H],
  [`${prefix}bias_ih${suffix}`]: [4 * H],
  [`${prefix}bias_hh${suffix}`]: [4 * H],
})
const layer = (hidden: number) => ({ cell: 'lstm', hidden, bias: 'two' })

test('nn.LSTM with proj_size is layers that project', () => {
  const projecting = (I: number, suffix: string) => ({
    ...lstm('rnn.', I, 4, suffix),
    [`rnn.weight_hh${suffix}`]: [16, 3],
    [`rnn.weight_hr${suffix}`]: [3, 4],
  })
  const shapes = {
    ...projecting(5, '_l0'),
    ...projecting(5, '_l0_reverse'),
    ...projecting(6, '_l1'),
    ...projecting(6, '_l1_reverse'),
    'fc.weight': [2, 6],
    'fc.bias': [2],
  }
  const { spec, names } = describePyTorch(tensors(shapes))
  const one = { cell: 'lstm', hidden: 4, projection: 3, bidirectional: true, bias: 'two' }
  expect(spec).toEqual({ input: { features: 5 }, layers: [one, one], head: { classes: 2 } })
  const parameters = parametersOf(spec)
  const written = toPyTorch(parameters, spec, names)
  expect(Object.fromEntries([...written].map(([name, { shape }]) => [name, shape]))).toEqual(shapes)
  // R is [D, H, P].
  expect(written.get('rnn.weight_hr_l1_reverse')!.values[2 * 4 + 1]).toBe(parameters.get('layers.1.R')![(4 + 1) * 3 + 2])
  for (const [name, values] of fromPyTorch(written, spec, names)) expect(values, name).toEqual(parameters.get(name))
})

test('cells of their own are layers in the order of their sizes, or of their names', () => {
  const cellsOfSizes = { ...lstm('a.', 6, 5, ''), ...lstm('b.', 3, 6, '') }
  expect(describePyTorch(tensors(cellsOfSizes))).toEqual({ spec: { input: { features: 3 }, layers: [layer(6), layer(5)] }, names: { prefix: ['b.', 'a.'] } })
  const alike = { ...lstm('lstm10.', 6, 6), ...lstm('lstm2.', 6, 6) }
  const found = describePyTorch(tensors(alike))
  expect(found.names.prefix).toEqual(['lstm2.', 'lstm10.'])
  expect(fromPyTorch(tensors(alike), found.spec, found.names).size).toBe(6)
  const one = describePyTorch(tensors(lstm('cell.', 3, 4, '')))
  expect(fromPyTorch(tensors(lstm('cell.', 3, 4, '')), one.spec, one.names).size).toBe(3)
})

test('a head without a bias, one that is tied to the embedding, and one that could be an embedding', () => {
  const base = { 'emb.weight': [9, 4], ...lstm('rnn.', 4, 4) }
  const withoutBias = describePyTorch(tensors({ ...base, 'fc.weight': [7, 4] }))
  expect(withoutBias).toEqual({
    spec: { input: { ids: 9, embedding: 4 }, layers: [layer(4)], head: { classes: 7 } },
    names: { prefix: 'rnn.', head: 'fc.', embedding: 'emb.' },
  })
  expect(fromPyTorch(tensors({ ...base, 'fc.weight': [7, 4] }), withoutBias.spec, withoutBias.names).get('head.b')).toEqual(new Float32Array(7))
  const tied = tensors({ ...base, 'decoder.bias': [9] })
  const found = describePyTorch(tied)
  expect(found).toEqual({
    spec: { input: { ids: 9, embedding: 4 }, layers: [layer(4)], head: { classes: 9 } },
    names: { prefix: 'rnn.', head: 'decoder.', embedding: 'emb.' },
  })
  expect(fromPyTorch(tied, found.spec, found.names).get('head.W')!.length).toBe(36)
  expect(describePyTorch(tensors({ 'out.weight': [7, 4], ...lstm('rnn.', 4, 4) })).names).toEqual({ prefix: 'rnn.', head: 'out.' })
})

test('what the tensors cannot tell is an option', () => {
  const file = tensors({ weight_ih_l0: [5, 3], weight_hh_l0: [5, 5], 'fc.weight': [2, 5], 'fc.bias': [2] })
  expect(describePyTorch(file, { rnn: 'rnn-relu', output: 'numbers', at: 'last', oneHot: true }).spec).toEqual({
    input: { ids: 3 },
    layers: [{ cell: 'rnn-relu', hidden: 5, bias: false }],
    head: { numbers: 2, at: 'last' },
  })
  const two = tensors({ ...lstm('encoder.', 3, 4), ...lstm('decoder.', 5, 6) })
  expect(describePyTorch(two, { prefix: 'decoder.' }).spec).toEqual({ input: { features: 5 }, layers: [layer(6)] })
})

test('linear layers one behind the other are dense layers, if it is said what acts between them', () => {
  const shapes = { ...lstm('rnn.', 3, 4), ...lstm('rnn.', 4, 4, '_l1'), 'fc1.weight': [6, 4], 'fc1.bias': [6], 'fc2.weight': [2, 6], 'fc2.bias': [2] }
  const file = tensors(shapes)
  expect(() => describePyTorch(file)).toThrow(/linear modules one behind the other: fc1\.weight \[6, 4\], fc2\.weight \[2, 6\].*activation: 'relu'/)
  expect(() => describePyTorch(file, { activation: 'gelu' as never })).toThrow(/activation is "gelu".*expected one of linear, relu/)
  const { spec, names } = describePyTorch(file, { activation: 'relu', at: 'last' })
  expect({ spec, names }).toEqual({
    spec: {
      input: { features: 3 },
      layers: [layer(4), layer(4), { dense: 6, activation: 'relu', bias: true }],
      head: { classes: 2, at: 'last' },
    },
    names: { prefix: ['rnn.', 'rnn.', 'fc1.'], head: 'fc2.' },
  })
  const parameters = parametersOf(spec)
  const written = toPyTorch(parameters, spec, names)
  expect([...written.keys()].sort()).toEqual(Object.keys(shapes).sort())
  const fc1 = written.get('fc1.weight')!.values
  expect(fc1[1 * 4 + 2]).toBe(parameters.get('layers.2.W')![2 * 6 + 1])
  for (const [name, values] of fromPyTorch(written, spec, names)) expect(values, name).toEqual(parameters.get(name))
  expect(() => toPyTorch(parameters, spec, { prefix: 'rnn.' })).toThrow(/^prefix is "rnn\." .*expected a list with the prefix of each of the 3 layers/)
})

test.each<[string, Record<string, readonly number[]>, RegExp]>([
  ['no recurrent layer', { 'fc.weight': [2, 5] }, /no recurrent layer.*It has fc\.weight/],
  ['a projection of another cell', { weight_ih_l0: [12, 3], weight_hh_l0: [12, 2], weight_hr_l0: [2, 4] }, /weight_hh_l0 is \[12, 2\], expected \[G·H, H\]/],
  [
    'modules that do not follow each other',
    { ...lstm('encoder.', 3, 4), ...lstm('decoder.', 5, 6) },
    /encoder\. \(reads 3, 1 × lstm of 4\).*Choose one by prefix/,
  ],
  ['weight norm', { weight_ih_l0: [16, 3], weight_hh_l0_g: [16, 1], weight_hh_l0_v: [16, 4] }, /lacks weight_hh_l0.*weight norm.*remove_weight_norm/],
  ['two heads', { ...lstm('', 3, 4), 'a.weight': [2, 4], 'b.weight': [2, 4] }, /several tensors that may be the head: a\.weight/],
  ['another number of gates', { weight_ih_l0: [8, 3], weight_hh_l0: [8, 4] }, /weight_hh_l0 is \[8, 4\], expected \[G·H, H\]/],
])('%s is refused with what to do', (_, shapes, message) => {
  expect(() => describePyTorch(tensors(shapes))).toThrow(message)
})
