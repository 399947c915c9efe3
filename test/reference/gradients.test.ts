// Every gradient of the reference against central finite differences of its forward pass.
import { describe, expect, it } from 'vitest'
import { cellNames, type CellName } from '../../src/cells'
import { backward, crossEntropy, forward, type Inputs } from '../../src/reference'
import { headSize, isFinal, outputShape, type NetworkSpec } from '../../src/spec'
import { sampled } from '../support/sampled'
import { dot, expectClose, numbers, randomParameters, randomStates } from './support'

// A loss L is known to within a few times ε · (1 + |L|) (ε = 2⁻⁵², rounding in a few dozen operations that are not all in
// one direction), so (L(p + δ) − L(p − δ)) / 2δ is off by up to about 32 ε (1 + |L|) / δ from rounding, and by δ² |L'''| / 6
// from what the central difference leaves out. With δ = 2⁻¹⁷ both are about 1e-9; |L'''| is taken as at most 100.
const delta = 2 ** -17
const tolerance = (loss: number) => (32 * Number.EPSILON * (1 + Math.abs(loss))) / delta + (delta ** 2 * 100) / 6

interface Case {
  readonly steps: number
  readonly batch: number
  readonly input: NetworkSpec['input']
  readonly layers: (cell: CellName) => NetworkSpec['layers']
  readonly lengths?: readonly number[]
  readonly mask?: readonly number[]
  readonly dropoutSeed?: number
  readonly head?: Partial<NonNullable<NetworkSpec['head']>>
}

const features = { features: 3 }
const cases: Record<string, Case> = {
  'one layer': { steps: 5, batch: 2, input: features, layers: (cell) => [{ cell, hidden: 4 }] },
  'one step, one sequence, one unit': { steps: 1, batch: 1, input: { features: 1 }, layers: (cell) => [{ cell, hidden: 1 }] },
  'two layers': {
    steps: 4,
    batch: 2,
    input: features,
    layers: (cell) => [
      { cell, hidden: 3 },
      { cell, hidden: 2 },
    ],
  },
  'a bidirectional layer': { steps: 4, batch: 2, input: features, layers: (cell) => [{ cell, hidden: 3, bidirectional: true }] },
  'two bidirectional layers': {
    steps: 3,
    batch: 2,
    input: features,
    layers: (cell) => [
      { cell, hidden: 2, bidirectional: true },
      { cell, hidden: 3, bidirectional: true },
    ],
  },
  'directions that are added up, averaged and multiplied': {
    steps: 3,
    batch: 2,
    input: { features: 2 },
    lengths: [2, 3],
    layers: (cell) => (['sum', 'product', 'mean'] as const).map((merge) => ({ cell, hidden: 4, bidirectional: true, merge })),
  },
  'layers that read backwards': {
    steps: 4,
    batch: 3,
    input: features,
    lengths: [2, 0, 4],
    layers: (cell) => [
      { cell, hidden: 3, backwards: true },
      { cell, hidden: 2 },
    ],
  },
  lengths: { steps: 4, batch: 3, input: features, layers: (cell) => [{ cell, hidden: 3 }], lengths: [2, 0, 4] },
  'lengths, two bidirectional layers': {
    steps: 3,
    batch: 3,
    input: { features: 2 },
    lengths: [2, 0, 3],
    layers: (cell) => [
      { cell, hidden: 2, bidirectional: true },
      { cell, hidden: 2, bidirectional: true },
    ],
  },
  'a mask with holes, one row skipped': {
    steps: 4,
    batch: 3,
    input: { features: 2 },
    mask: [0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0], // [T, B]
    layers: (cell) => [
      { cell, hidden: 4, bidirectional: true },
      { cell, hidden: 3 },
    ],
  },
  'no bias': { steps: 4, batch: 2, input: features, layers: (cell) => [{ cell, hidden: 3, bias: false }] },
  'dropout within the layers': {
    steps: 4,
    batch: 3,
    input: features,
    mask: [0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1], // [T, B]
    dropoutSeed: 3,
    layers: (cell) => [
      { cell, hidden: 4, bidirectional: true, inputDropout: 0.4, recurrentDropout: 0.3 },
      { cell, hidden: 3, inputDropout: 0.5 },
      { cell, hidden: 5, backwards: true, recurrentDropout: 0.4, inputs: [0, 1] },
    ],
  },
  'one-hot ids': { steps: 4, batch: 2, input: { ids: 4 }, layers: (cell) => [{ cell, hidden: 3 }] },
  'embedded ids': { steps: 4, batch: 2, input: { ids: 4, embedding: 2 }, layers: (cell) => [{ cell, hidden: 3 }] },
  'another cell above': {
    steps: 3,
    batch: 2,
    input: features,
    lengths: [2, 3],
    layers: (cell) => [
      { cell, hidden: 2, bidirectional: true },
      { cell: 'lstm', hidden: 3 },
      { cell: 'gru', hidden: 2, bias: false },
    ],
  },
}

/** Networks of more than one stack of recurrent layers. */
const graphs: Record<string, Case> = {
  'dense layers before, between and after': {
    steps: 3,
    batch: 3,
    input: features,
    lengths: [2, 0, 3],
    layers: (cell) => [
      { dense: 4, activation: 'tanh' },
      { cell, hidden: 2, bidirectional: true },
      { dense: 3, activation: 'relu', bias: false },
      { cell, hidden: 2 },
      { dense: 3, activation: 'sigmoid' },
      { dense: 2 },
    ],
  },
  'dense layers on final states': {
    steps: 3,
    batch: 3,
    input: { ids: 4, embedding: 2 },
    lengths: [2, 0, 3],
    layers: (cell) => [
      { cell, hidden: 3, bidirectional: true },
      { dense: 4, activation: 'tanh' },
    ],
    head: { at: 'last' },
  },
  'joined inputs': {
    steps: 3,
    batch: 2,
    input: features,
    lengths: [2, 3],
    layers: (cell) => [
      { cell, hidden: 3 },
      { dense: 2, activation: 'sigmoid', inputs: [0, 'input'] },
      { cell, hidden: 2, bidirectional: true, inputs: ['input'] },
      { cell, hidden: 2, inputs: [2, 1] },
    ],
    head: { inputs: ['input', 0, 3] },
  },
  'joined final states': {
    steps: 3,
    batch: 2,
    input: features,
    lengths: [2, 3],
    layers: (cell) => [
      { cell, hidden: 2 },
      { cell, hidden: 3 },
      { dense: 2, activation: 'relu', inputs: [0, 1] },
    ],
    head: { at: 'last', inputs: [2, 0] },
  },
}

const losses = ['logits', 'final states', 'outputs'] as const

/** Builds the case and compares all its gradients with finite differences. */
function check({ steps: T, batch: B, input, layers, lengths, mask, head, dropoutSeed }: Case, cell: CellName, kind: (typeof losses)[number], seed: number) {
  const spec: NetworkSpec = { input, layers: layers(cell), head: { classes: 3, ...head } }
  const V = headSize(spec)
  const from = numbers(seed)
  const parameters = randomParameters(spec, from)
  const initial = randomStates(spec, B, from)
  const inputs: Inputs = 'ids' in input ? { ids: from.ids(T * B, input.ids) } : { features: from.array(T * B * input.features) }
  const isLast = spec.head!.at === 'last'
  const rows = isLast ? B : T * B
  const targets = Int32Array.from(from.ids(rows, V))
  if (targets.length > 1) targets[1] = -1
  const read = { ...(lengths && { lengths }), ...(mask && { mask }) }
  const rowWeights = from.array(rows).map((v) => 1.5 + v)
  const ends = { ...(!isLast && read), rowWeights }
  const options = { batch: B, initial, ...read, ...(dropoutSeed !== undefined && { dropoutSeed }) }
  const last = spec.layers.length - 1
  const [D, H] = outputShape(spec, last)
  const dy = from.array((isFinal(spec, last) ? B : T * B) * D * H)
  const dfinal = randomStates(spec, B, from)

  const lossOf = () => {
    const run = forward(spec, parameters, inputs, options)
    if (kind === 'logits') return crossEntropy(run.logits, targets, { classes: V, ...ends }).loss
    if (kind === 'outputs') return dot(run.outputs, dy)
    return run.final.reduce((sum, { h, c }, l) => sum + dot(h, dfinal[l]!.h) + (c ? dot(c, dfinal[l]!.c!) : 0), 0)
  }
  const run = forward(spec, parameters, inputs, options)
  const { gradient } = crossEntropy(run.logits, targets, { classes: V, ...ends })
  const given = { logits: { logits: gradient }, 'final states': { final: dfinal }, outputs: { outputs: dy } }[kind]
  const gradients = backward(spec, parameters, run, given)

  const absolute = tolerance(lossOf())
  const compare = (name: string, values: Float64Array, made: Float64Array) => {
    const expected = values.map((value, k) => {
      const [above, below] = [value + delta, value - delta]
      values[k] = above
      const high = lossOf()
      values[k] = below
      const low = lossOf()
      values[k] = value
      return (high - low) / (above - below)
    })
    expectClose(name, made, expected, { absolute })
    return expected
  }
  for (const [name, values] of parameters) compare(name, values, gradients.parameters.get(name)!)
  if ('features' in inputs) compare('features', inputs.features, gradients.features!)
  else expect(gradients.features).toBeNull()
  initial.forEach(({ h, c }, l) => {
    compare(`h0 of layer ${l}`, h, gradients.initial[l]!.h)
    if (c) compare(`c0 of layer ${l}`, c, gradients.initial[l]!.c!)
  })
  return gradients
}

const withFunctions = (['gru', 'gru-reset-after', 'lstm'] as const).flatMap(
  (cell) =>
  ([['hard-sigmoid', 'relu'], ['hard-sigmoid-0.2', 'tanh'], ['sigmoid', 'relu']] as const).map((functions) => [cell, ...functions] as const), // prettier-ignore
)
it.each(withFunctions)('%s with %s gates and a %s candidate has the gradients of a loss on the outputs', (cell, recurrentActivation, activation) => {
  const peepholes = cell === 'lstm'
  const layers: Case['layers'] = () => [
    { cell, hidden: 4, bidirectional: true, recurrentActivation, activation, peepholes },
    { cell, hidden: 3, recurrentActivation, activation },
  ]
  check({ steps: 4, batch: 2, input: features, layers }, cell, 'outputs', 1)
})

const projected = {
  'one layer': { layers: [{ cell: 'lstm', hidden: 4, projection: 2 }] },
  'both directions, peepholes, a layer above, lengths': {
    lengths: [2, 0, 4],
    layers: [
      { cell: 'lstm', hidden: 4, projection: 3, bidirectional: true, peepholes: true },
      { cell: 'lstm', hidden: 3, projection: 1, activation: 'relu' },
    ],
  },
  'merged and backwards, dropout within, a mask': {
    mask: [0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1], // [T, B]
    dropoutSeed: 3,
    layers: [
      { cell: 'lstm', hidden: 4, projection: 2, bidirectional: true, merge: 'product', recurrentDropout: 0.3, inputDropout: 0.4 },
      { cell: 'lstm', hidden: 3, projection: 2, backwards: true, recurrentDropout: 0.4, bias: false },
    ],
  },
} as const satisfies Record<string, Omit<Partial<Case>, 'layers'> & { readonly layers: NetworkSpec['layers'] }>
describe.each(Object.entries(projected))('an LSTM that projects its state: %s', (_, { layers, ...more }) => {
  it.each(losses)('has the gradients of a loss on the %s', (kind) => {
    const { parameters } = check({ steps: 4, batch: 3, input: features, ...more, layers: () => layers }, 'lstm', kind, 4)
    if (kind === 'logits') expect([...parameters].filter(([, g]) => g.every((v) => v === 0)).map(([name]) => name)).toEqual([])
  })
})

it.each(['sum', 'mean', 'product'] as const)('a head on final states, which are merged to their %s, has the gradients of its loss', (merge) => {
  const layers: Case['layers'] = () => [{ cell: 'gru', hidden: 3, bidirectional: true, merge }]
  check({ steps: 3, batch: 2, input: features, lengths: [2, 3], head: { at: 'last' }, layers }, 'gru', 'logits', 1)
})

const product = cellNames.flatMap((cell) =>
  Object.entries({ ...cases, ...graphs }).flatMap(([name, network]) => losses.map((kind) => ({ cell, name, network, kind }))),
)
const some = sampled(product, {
  axes: { cell: ({ cell }) => cell, name: ({ name }) => name, kind: ({ kind }) => kind },
  pairs: [
    ['cell', 'name'],
    ['name', 'kind'],
    ['cell', 'kind'],
  ],
})
it.each(some)('$cell, $name: the gradients of a loss on the $kind', ({ cell, name, network, kind }) => {
  const { parameters } = check(network, cell, kind, name in graphs ? 2 : 1)
  // Zero everywhere would agree with a loss that hangs on nothing. A relu may shut all of a small network out.
  if (kind !== 'logits' || name in graphs || (cell === 'rnn-relu' && network.steps === 1)) return
  expect([...parameters].filter(([, g]) => g.every((v) => v === 0)).map(([name]) => name)).toEqual([])
})

describe.each(cellNames)('%s', (cell) => {
  it('gives dL/dh of every step: that of the initial state of the steps after it, and what the step itself receives', () => {
    const [T, B, H, I] = [4, 2, 3, 2]
    const spec: NetworkSpec = { input: { features: I }, layers: [{ cell, hidden: H }], head: { classes: 2 } }
    const from = numbers(5)
    const parameters = randomParameters(spec, from)
    const [x, dy, final] = [from.array(T * B * I), from.array(T * B * H), randomStates(spec, B, from)]
    const whole = forward(spec, parameters, { features: x }, { batch: B })
    const made = backward(spec, parameters, whole, { outputs: dy, final }).layers[0]!.h
    for (let t = 0; t < T - 1; t++) {
      const { h, c } = whole.layers[0]!.states
      const slot = (states: Float64Array, u: number) => states.slice(u * B * H, (u + 1) * B * H)
      const initial = [{ h: slot(h, t), ...(c && { c: slot(c, t) }) }]
      const rest = forward(spec, parameters, { features: x.slice((t + 1) * B * I) }, { batch: B, initial })
      const after = backward(spec, parameters, rest, { outputs: dy.slice((t + 1) * B * H), final }).initial[0]!.h
      expectClose(
        `dh of step ${t}`,
        slot(made, t),
        after.map((v, k) => v + slot(dy, t)[k]!),
        { absolute: 1e-15, relative: 1e-13 },
      )
    }
  })
})
