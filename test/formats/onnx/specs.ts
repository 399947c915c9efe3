// Networks for the tests of the ONNX formats: each cell in one and two directions and layers, and each way in and out.
import type { NetworkSpec } from 'sluice'
import { forward } from '../../../src/reference/network'
import { recurrentLayers } from '../../../src/spec'
import type { ToOnnxOptions } from '../../../src/formats/onnx'
import { joinedStack, layer, mixedStack, numbers, parametersOf, plainStacks, some } from '../networks'

export { parametersOf }

export interface Example {
  readonly name: string
  readonly spec: NetworkSpec
  readonly options?: ToOnnxOptions
}

export const [T, B, V] = [5, 3, 6]

export const examples: readonly Example[] = [
  ...plainStacks,
  {
    name: 'an embedding, and a head at the last step',
    spec: { input: { ids: V, embedding: 3 }, layers: [layer('gru'), layer('lstm', { bidirectional: true })], head: { classes: V, at: 'last' } },
  },
  { name: 'one-hot ids', spec: { input: { ids: V }, layers: [layer('gru-reset-after')], dropout: 0, head: { classes: V } } },
  {
    name: 'peepholes, no bias, no head',
    spec: { input: { features: 3 }, layers: [layer('lstm', { peepholes: true, bidirectional: true }), layer('rnn', { bias: false })] },
  },
  {
    name: 'learned initial states, dropout',
    spec: {
      input: { features: 3 },
      layers: [layer('lstm', { learnInitial: true, bidirectional: true }), layer('gru', { learnInitial: true })],
      dropout: 0.25,
      head: { classes: 2 },
    },
  },
  {
    name: 'backwards, lengths',
    spec: {
      input: { features: 3 },
      layers: [layer('lstm', { backwards: true, learnInitial: true }), layer('rnn'), layer('gru', { backwards: true })],
      head: { classes: 2, at: 'last' },
    },
    options: { lengths: true },
  },
  {
    name: 'directions that are merged',
    spec: {
      input: { features: 3 },
      layers: (['sum', 'mean', 'product'] as const).map((merge) => layer('gru', { bidirectional: true, merge })),
      head: { numbers: 2 },
    },
  },
  {
    name: 'directions that are merged, at the last step',
    spec: { input: { ids: V }, layers: [layer('lstm', { bidirectional: true, merge: 'mean' })], head: { classes: V, at: 'last' } },
  },
  {
    name: 'hard sigmoid and relu',
    spec: {
      input: { features: 3 },
      layers: [
        layer('gru', { recurrentActivation: 'hard-sigmoid' }),
        layer('lstm', { recurrentActivation: 'hard-sigmoid-0.2', bidirectional: true }),
        layer('gru-reset-after', { activation: 'relu' }),
        layer('lstm', { recurrentActivation: 'hard-sigmoid', activation: 'relu', peepholes: true }),
      ],
      head: { numbers: 2 },
    },
  },
  {
    name: 'lengths',
    spec: { input: { features: 3 }, layers: [layer('gru-reset-after', { bidirectional: true })], head: { numbers: 2, at: 'last' } },
    options: { lengths: true },
  },
  mixedStack,
  {
    name: 'dense layers on joined final states, lengths',
    spec: {
      input: { ids: V, embedding: 3 },
      layers: [layer('gru'), layer('lstm', { bidirectional: true }), { dense: 5, activation: 'tanh', inputs: [1, 0] }],
      head: { classes: V, at: 'last' },
    },
    options: { lengths: true },
  },
  joinedStack(V),
  { name: 'states', spec: { input: { features: 3 }, layers: [layer('lstm'), layer('rnn-relu')], head: { numbers: 2 } }, options: { states: true } },
]

/** What goes into a model, by the names of its inputs. */
export function inputsOf({ spec, options }: Example) {
  const source = numbers(11)
  const ids = 'ids' in spec.input ? Uint32Array.from({ length: T * B }, (_, i) => (i * 5) % V) : undefined
  const features = 'features' in spec.input ? some(T * B * spec.input.features, source) : undefined
  const lengths = options?.lengths ? [T, 2, 4] : undefined
  const initial = options?.states
    ? recurrentLayers(spec).map(({ layer: { cell, hidden } }) => ({ h: some(B * hidden, source), ...(cell === 'lstm' && { c: some(B * hidden, source) }) }))
    : undefined
  return { ids, features, lengths, initial }
}

/** The results of the reference in float64. */
export function expectedOf(example: Example, parameters: ReadonlyMap<string, ArrayLike<number>>) {
  const { ids, features, lengths, initial } = inputsOf(example)
  const wide = (values: ArrayLike<number>) => Float64Array.from(values)
  return forward(example.spec, new Map([...parameters].map(([name, values]) => [name, wide(values)])), ids ? { ids } : { features: wide(features!) }, {
    batch: B,
    ...(lengths && { lengths }),
    ...(initial && { initial: initial.map(({ h, c }) => ({ h: wide(h), ...(c && { c: wide(c) }) })) }),
  })
}
