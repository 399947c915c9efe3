// Arrays as other frameworks have them become the parameters that compute the same, and come back as they were.
import { describe, expect, test } from 'vitest'
import { cellNames, cells, type CellName, type NetworkSpec } from 'sluice'
import { fromArrays, toArrays, type ArrayLayout, type NetworkArrays } from 'sluice/formats/raw'
import { forward } from '../../../src/reference/network'
import { refusal } from '../../support/failure'
import { numbers, parametersOf } from '../networks'

const [I, H, T, B] = [3, 2, 4, 2]
const source = numbers(5)
const some = (n: number) => Float64Array.from({ length: n }, () => source.next().value)
const features = some(T * B * I)
const outputsOf = (spec: NetworkSpec, parameters: ReadonlyMap<string, ArrayLike<number>>) =>
  Array.from(forward(spec, new Map([...parameters].map(([name, values]) => [name, Float64Array.from(values)])), { features }, { batch: B }).outputs)

describe.each(cellNames)('%s', (cell) => {
  const gates: readonly string[] = cells[cell].gates
  const layouts: ArrayLayout[] = [
    {},
    { transposed: true, gates: [...gates].reverse() },
    ...(cells[cell].forgetGate ? [{ forgetBias: 0.5, gates: ['i', 'g', 'f', 'o'] }] : []),
    ...(gates.includes('z') ? [{ updateTakesCandidate: true }] : []),
  ]
  test.each(layouts)('goes out in a layout and comes back: %j', (layout) => {
    const layer = { cell, hidden: H, bidirectional: true, ...(cell === 'lstm' && { peepholes: true }), learnInitial: true }
    const spec: NetworkSpec = { input: { ids: 5, embedding: I }, layers: [layer, { cell, hidden: 3, bias: false }], head: { classes: 4 } }
    const parameters = parametersOf(spec)
    const { forgetBias: _, ...plain } = layout
    const arrays = toArrays(parameters, spec, [layout, plain])
    const back = fromArrays(spec, arrays)
    // A bias less what is added to it may be rounded.
    for (const [name, values] of back)
      if (layout.forgetBias) values.forEach((value, i) => expect(value).toBeCloseTo(parameters.get(name)![i]!, 6))
      else expect([...values], name).toEqual([...parameters.get(name)!])
  })
})

const f32 = (...values: number[]) => Float32Array.from(values)
const f32s = (arrays: Record<string, number[]>) => Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, f32(...values)]))
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))

test('a GRU written by hand, with an array for each gate and the update gate the other way', () => {
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'gru', hidden: H }] }
  const gate = (rows: number) => ({ z: some(rows * H), r: some(rows * H), n: some(rows * H) })
  const [input, recurrent, bias] = [gate(I), gate(H), gate(1)]
  const parameters = fromArrays(spec, { layers: [{ updateTakesCandidate: true, directions: [{ input, recurrent, bias }] }] })
  const expected: number[] = []
  const h = Array.from({ length: B }, () => Array.from({ length: H }, () => 0))
  for (let t = 0; t < T; t++)
    for (let row = 0; row < B; row++) {
      const x = features.subarray((t * B + row) * I, (t * B + row + 1) * I)
      const dot = (values: Float64Array, by: ArrayLike<number>, unit: number) => Array.from(by).reduce((sum, v, i) => sum + v * values[i * H + unit]!, 0)
      const part = (name: 'z' | 'r' | 'n', unit: number, state: ArrayLike<number>) =>
        dot(input[name], x, unit) + dot(recurrent[name], state, unit) + bias[name][unit]!
      const before = h[row]!
      const r = before.map((_, unit) => sigmoid(part('r', unit, before)))
      const z = before.map((_, unit) => sigmoid(part('z', unit, before)))
      const n = before.map((_, unit) =>
        Math.tanh(
          part(
            'n',
            unit,
            before.map((v, k) => v * r[k]!),
          ),
        ),
      )
      const next = before.map((v, unit) => (1 - z[unit]!) * v + z[unit]! * n[unit]!)
      h[row] = next
      expected.push(...next)
    }
  // The parameters are float32.
  outputsOf(spec, parameters).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
})

test('the BasicLSTMCell of TensorFlow 1: one kernel, gates i g f o, 1 added to the forget gate', () => {
  const spec: NetworkSpec = { input: { features: I }, layers: [{ cell: 'lstm', hidden: H }] }
  const [kernel, bias] = [some((I + H) * 4 * H), some(4 * H)]
  const joined: NetworkArrays = { layers: [{ gates: ['i', 'g', 'f', 'o'], forgetBias: 1, directions: [{ joined: kernel, bias }] }] }
  const expected: number[] = []
  const state = Array.from({ length: B }, () => ({ h: [0, 0], c: [0, 0] }))
  for (let t = 0; t < T; t++)
    for (let row = 0; row < B; row++) {
      const { h, c } = state[row]!
      const x = [...features.subarray((t * B + row) * I, (t * B + row + 1) * I), ...h]
      const sums = Array.from({ length: 4 * H }, (_, column) => x.reduce((sum, v, i) => sum + v * kernel[i * 4 * H + column]!, bias[column]!))
      const next = c.map((v, unit) => v * sigmoid(sums[2 * H + unit]! + 1) + sigmoid(sums[unit]!) * Math.tanh(sums[H + unit]!))
      const output = next.map((v, unit) => Math.tanh(v) * sigmoid(sums[3 * H + unit]!))
      state[row] = { c: next, h: output }
      expected.push(...output)
    }
  outputsOf(spec, fromArrays(spec, joined)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
})

test('two biases are added up, but for the candidate of gru-reset-after', () => {
  const arrays = (n: number) => ({
    input: new Float32Array(n * H),
    recurrent: new Float32Array(n * H),
    bias: new Float32Array(n).fill(1),
    recurrentBias: new Float32Array(n).fill(2),
  })
  const of = (cell: CellName) =>
    fromArrays({ input: { features: H }, layers: [{ cell, hidden: H }] }, { layers: [{ directions: [arrays(cells[cell].gates.length * H)] }] })
  expect([...of('lstm').get('layers.0.b')!]).toEqual(Array(8).fill(3))
  expect([...of('gru').get('layers.0.b')!]).toEqual(Array(6).fill(3))
  expect([...of('gru-reset-after').get('layers.0.b')!]).toEqual([3, 3, 3, 3, 1, 1])
  expect([...of('gru-reset-after').get('layers.0.bn')!]).toEqual([2, 2])
})

test('a head that stands the other way, without a bias', () => {
  const spec: NetworkSpec = { input: { features: 1 }, layers: [{ cell: 'rnn', hidden: 2, bias: false }], head: { numbers: 3 } }
  const layers = [{ directions: [{ input: [0, 0], recurrent: [0, 0, 0, 0] }] }]
  const parameters = fromArrays(spec, { layers, head: { weights: [1, 2, 3, 4, 5, 6], transposed: true } })
  expect([...parameters.get('head.W')!]).toEqual([1, 3, 5, 2, 4, 6])
  expect([...parameters.get('head.b')!]).toEqual([0, 0, 0])
})

describe('what does not fit is refused', () => {
  const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'gru', hidden: 2 }] }
  const right = { input: new Float32Array(12), recurrent: new Float32Array(12), bias: new Float32Array(6) }
  const one = (direction: object, layer: object = {}) => ({ layers: [{ directions: [direction], ...layer }] })
  test.each<[string, NetworkArrays, 'bad-value' | 'bad-shape', RegExp]>([
    ['another size', one({ ...right, input: new Float32Array(11) }), 'bad-shape', /^layers\[0\]\.directions\[0\]\.input has 11 numbers, expected 12/],
    ['rows of rows', one({ ...right, input: [[1, 2]] as never }), 'bad-shape', /Flatten it first: \.flat\(Infinity\)/],
    ['an array that is missing', one({ ...right, bias: undefined }), 'bad-value', /lacks bias, which the layer has, unless it says bias: false/],
    ['one too many', one({ ...right, peepholes: new Float32Array(6) }), 'bad-value', /has peepholes, but the layer has none/],
    ['joined beside input', one({ ...right, joined: new Float32Array(24) }), 'bad-value', /has joined beside input or recurrent/],
    ['not finite', one({ ...right, bias: new Float32Array(6).fill(NaN) }), 'bad-value', /\.bias\[0\] is NaN/],
    ['gates of another cell', one(right, { gates: ['i', 'f', 'g'] }), 'bad-value', /^layers\[0\]\.gates are i, f, g, expected r, z, n/],
    ['a gate twice', one(right, { gates: ['z', 'z', 'n'] }), 'bad-value', /gates are z, z, n/],
    ['a gate that is missing', one({ ...right, input: { z: new Float32Array(4), r: new Float32Array(4) } }), 'bad-value', /input\.n is undefined/],
    ['a forget bias', one(right, { forgetBias: 1 }), 'bad-value', /a gru has no forget gate/],
    ['directions', { layers: [{ directions: [right, right] }] }, 'bad-shape', /has the arrays of 2 directions, expected 1/],
    ['layers', { layers: [] }, 'bad-shape', /^the arrays have 0 layers, expected 1/],
    ['a head', { ...one(right), head: { weights: [] } }, 'bad-value', /have head\.weights, but the network has none/],
  ])('%s', (_, arrays, code, message) => {
    expect(() => fromArrays(spec, arrays)).toThrow(refusal(code, message))
  })
})

describe('dense layers and joined inputs', () => {
  const spec: NetworkSpec = {
    input: { features: 2 },
    layers: [
      { cell: 'rnn', hidden: 1 },
      { dense: 2, activation: 'relu', inputs: ['input', 0] },
      { dense: 1, bias: false },
    ],
    head: { numbers: 1, inputs: [2, 'input'] },
  }
  const rnn = { directions: [{ input: [1, 2], recurrent: [3], bias: [4] }] }
  // Rows in the order of what is read: two of the input, then one of layer 0.
  const [joined, narrow, head] = [{ weights: [5, 6, 7, 8, 9, 10], bias: [11, 12] }, { weights: [13, 14] }, { weights: [15, 16, 17], bias: [18] }]
  const all = (one: object, more: object = {}): NetworkArrays => ({ layers: [rnn, { ...joined, ...one }, narrow], head, ...more })

  test('are taken as they are, or turned', () => {
    const parameters = fromArrays(spec, all({ weights: [5, 7, 9, 6, 8, 10], transposed: true }))
    expect(parameters).toEqual(fromArrays(spec, all({})))
    expect([...parameters.get('layers.1.W')!]).toEqual(joined.weights)
    expect([...parameters.get('head.W')!]).toEqual(head.weights)
    expect(toArrays(parameters, spec)).toEqual({
      layers: [{ directions: [{ input: f32(1, 2), recurrent: f32(3), bias: f32(4) }] }, f32s(joined), f32s(narrow)],
      head: f32s(head),
    })
  })

  test.each<[string, NetworkArrays, 'bad-value' | 'bad-shape', RegExp]>([
    ['rows of one of two inputs', all({ weights: [5, 6, 7, 8] }), 'bad-shape', /^layers\[1\]\.weights has 4 numbers, expected 6/],
    ['no weights', all({ weights: undefined }), 'bad-value', /lack layers\[1\]\.weights, which the network has: 6 numbers/],
    ['another bias', all({ bias: [1] }), 'bad-shape', /^layers\[1\]\.bias has 1 numbers, expected 2/],
    ['a bias of none', { layers: [rnn, joined, { ...narrow, bias: [1] }], head }, 'bad-value', /have layers\[2\]\.bias, but the network has none/],
    ['not finite', all({ weights: [5, 6, 7, 8, 9, NaN] }), 'bad-value', /^layers\[1\]\.weights\[5\] is NaN/],
    ['transposed in words', all({ transposed: 'yes' }), 'bad-value', /^layers\[1\]\.transposed is "yes"/],
    [
      'a recurrent layer where a dense one is',
      { layers: [rnn, rnn, narrow], head },
      'bad-value',
      /^layers\[1\] has no directions, expected weights, bias or transposed/,
    ],
    [
      'a dense layer where a recurrent one is',
      { layers: [joined, joined, narrow], head },
      'bad-value',
      /^layers\[0\] has no weights, expected gates, .* or directions/,
    ],
    ['nothing', { layers: [rnn, null as never, narrow], head }, 'bad-value', /^layers\[1\] is null/],
    ['a head of the last layer alone', all({}, { head: { weights: [15], bias: [18] } }), 'bad-shape', /^head\.weights has 1 numbers, expected 3/],
  ])('%s is refused', (_, arrays, code, message) => {
    expect(() => fromArrays(spec, arrays)).toThrow(refusal(code, message))
  })

  test('a source that there is not is refused with the description', () => {
    const later = { ...spec, layers: [spec.layers[0]!, { dense: 2, inputs: [2] }, { dense: 1 }] }
    expect(() => fromArrays(later, all({}))).toThrow(refusal('bad-value', /^layers\[1\]\.inputs/))
  })
})
