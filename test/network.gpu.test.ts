// Every cell on the GPU against the float64 reference: outputs, states, loss and every named gradient.
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { cellNames, cells, type CellName } from '../src/cells'
import { strategyNames, type StrategyName } from '../src/gpu/strategy'
import { isDense, isFinal, looksUp, type DenseSpec, type Head, type LayerSpec, type NetworkSpec, type Source } from '../src/spec'
import { compare, type Case } from './support/agreement'
import { sampled } from './support/sampled'

async function agree(c: Case): Promise<void> {
  const errors = await compare(c)
  for (const [name, error] of errors) expect(error, `${name}, in tolerances`).toBeLessThanOrEqual(1)
}

const ids = (cell: CellName, hidden: number, V = 7): Case['spec'] => ({ input: { ids: V }, layers: [{ cell, hidden }], head: { classes: V } })

/** Products of cells, ways of dispatching and networks. */
interface Named {
  readonly cell: CellName
  readonly name: string
  readonly c: Case
}
const named = (cell: CellName, cases: readonly (readonly [string, Case])[]): Named[] => cases.map(([name, c]) => ({ cell, name, c }))
const axes = { cell: ({ cell }: Named) => cell, name: ({ name }: Named) => name }

const networksOf = (cell: CellName): [string, Case][] => [
  ['T = 1, B = 1, H = 1', { spec: ids(cell, 1, 2), steps: 1, batch: 1 }],
  ['H = 1', { spec: ids(cell, 1), steps: 4, batch: 3 }],
  ['B = 1', { spec: ids(cell, 6), steps: 5, batch: 1 }],
  ['T = 1', { spec: ids(cell, 9), steps: 1, batch: 6 }],
  ['sizes of no tile', { spec: ids(cell, 37, 29), steps: 7, batch: 11 }],
  ['sizes of the tiles', { spec: ids(cell, 32, 32), steps: 4, batch: 16 }],
  ['one row more than a tile', { spec: ids(cell, 33, 17), steps: 3, batch: 9 }],
  ['initial states', { spec: ids(cell, 10), steps: 4, batch: 5, initial: true }],
  ['targets that are not counted', { spec: ids(cell, 8), steps: 6, batch: 4, ignore: true }],
  ['half saturated gates', { spec: ids(cell, 12), steps: 5, batch: 4, initial: true, biases: 10 }],
  ['saturated gates', { spec: ids(cell, 12), steps: 5, batch: 4, initial: true, biases: cell === 'rnn-relu' ? 5 : 300 }],
  ['an embedding', { spec: { ...ids(cell, 9), input: { ids: 7, embedding: 5 } }, steps: 4, batch: 3 }],
  ['features', { spec: { ...ids(cell, 13), input: { features: 6 } }, steps: 5, batch: 10, initial: true }],
  ['no bias', { spec: { ...ids(cell, 6), layers: [{ cell, hidden: 6, bias: false }] }, steps: 4, batch: 3 }],
  [
    'two layers',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 9 },
          { cell, hidden: 6 },
        ],
      },
      steps: 4,
      batch: 5,
      initial: true,
    },
  ],
  ['both directions', { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 7, bidirectional: true }] }, steps: 5, batch: 9, initial: true }],
  ['lengths, zero among them', { spec: ids(cell, 6), steps: 5, batch: 5, lengths: [5, 0, 3, 1, 4], initial: true }],
  [
    'both directions, two layers, lengths',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 5, bidirectional: true },
          { cell, hidden: 6, bidirectional: true },
        ],
      },
      steps: 6,
      batch: 5,
      lengths: [6, 2, 0, 5, 1],
      initial: true,
    },
  ],
  [
    'backwards, learned and other initial states, lengths',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 5, backwards: true, learnInitial: true, ...(cell === 'lstm' && { peepholes: true }) },
          { cell, hidden: 6 },
          { cell, hidden: 5, backwards: true },
        ],
        head: { classes: 5, at: 'last' },
      },
      steps: 6,
      batch: 5,
      lengths: [6, 2, 0, 5, 1],
      given: true,
    },
  ],
  [
    'backwards, gates computed again',
    { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 5, backwards: true }] }, steps: 7, batch: 4, initial: true, recompute: 3 },
  ],
  ...(cells[cell].activations
    ? ([
        [
          'hard sigmoid gates, relu candidates',
          {
            spec: {
              ...ids(cell, 0),
              layers: [
                { cell, hidden: 5, bidirectional: true, recurrentActivation: 'hard-sigmoid-0.2' },
                { cell, hidden: 6, recurrentActivation: 'hard-sigmoid', activation: 'relu', ...(cell === 'lstm' && { peepholes: true }) },
              ],
            },
            steps: 4,
            batch: 5,
            lengths: [4, 2, 0, 3, 1],
            initial: true,
            biases: 2,
          },
        ],
      ] satisfies [string, Case][])
    : []),
  [
    'directions that are merged, dropout',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 5, bidirectional: true, merge: 'product' },
          { cell, hidden: 6, bidirectional: true, merge: 'mean' },
          { cell, hidden: 5, bidirectional: true, merge: 'sum' },
        ],
        dropout: 0.3,
      },
      steps: 4,
      batch: 5,
      lengths: [4, 0, 2, 3, 1],
      dropoutSeed: 5,
      given: true,
    },
  ],
  [
    'dropout within the layers, lengths',
    {
      spec: {
        input: { features: 3 },
        layers: [
          { cell, hidden: 5, bidirectional: true, inputDropout: 0.4, recurrentDropout: 0.3 },
          { cell, hidden: 6, recurrentDropout: 0.4, ...(cell === 'lstm' && { peepholes: true }) },
          { cell, hidden: 6, inputDropout: 0.3, backwards: true, recurrentDropout: 0.3, learnInitial: true },
        ],
        dropout: 0.2,
        head: { classes: 5 },
      },
      steps: 5,
      batch: 6,
      lengths: [4, 0, 2, 3, 1, 5],
      dropoutSeed: 5,
      given: true,
    },
  ],
  [
    'directions that are merged, at the last step',
    {
      spec: { input: { features: 3 }, layers: [{ cell, hidden: 6, bidirectional: true, merge: 'product' }], head: { numbers: 3, at: 'last' } },
      steps: 4,
      batch: 3,
      lengths: [4, 2, 3],
      given: true,
    },
  ],
  [
    'a mask with holes, weights of rows',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 5, bidirectional: true },
          { cell, hidden: 6 },
        ],
      },
      steps: 6,
      batch: 5,
      mask: true,
      weights: true,
      initial: true,
      given: true,
    },
  ],
  [
    'a head of numbers',
    { spec: { input: { features: 3 }, layers: [{ cell, hidden: 6 }], head: { numbers: 2 } }, steps: 4, batch: 3, lengths: [4, 2, 3], ignore: true },
  ],
  ['a head at the last step', { spec: { ...ids(cell, 6), head: { classes: 5, at: 'last' } }, steps: 5, batch: 4, lengths: [5, 0, 2, 4] }],
  [
    'a head of numbers at the last step of both directions',
    {
      spec: { input: { features: 3 }, layers: [{ cell, hidden: 6, bidirectional: true }], head: { numbers: 3, at: 'last' } },
      steps: 4,
      batch: 3,
      ignore: true,
    },
  ],
  [
    'no head, given gradients',
    {
      spec: {
        input: { features: 5 },
        layers: [
          { cell, hidden: 7 },
          { cell, hidden: 5 },
        ],
      },
      steps: 4,
      batch: 3,
      initial: true,
      lengths: [4, 1, 0],
    },
  ],
  ['given gradients beside the loss', { spec: ids(cell, 7), steps: 4, batch: 3, given: true }],
  ['class weights', { spec: ids(cell, 7), steps: 4, batch: 3, classWeights: true, ignore: true }],
  [
    'learned initial states',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 5, learnInitial: true },
          { cell, hidden: 6, learnInitial: true, bidirectional: true },
        ],
      },
      steps: 3,
      batch: 5,
    },
  ],
  ['learned initial states, others given', { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 5, learnInitial: true }] }, steps: 3, batch: 5, initial: true }],
  [
    'dropout',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 9 },
          { cell, hidden: 6, bidirectional: true },
          { cell, hidden: 5 },
        ],
        dropout: 0.4,
      },
      steps: 4,
      batch: 6,
      dropoutSeed: 77,
    },
  ],
  [
    'dropout that does not act',
    {
      spec: {
        ...ids(cell, 0),
        layers: [
          { cell, hidden: 9 },
          { cell, hidden: 6 },
        ],
        dropout: 0.4,
      },
      steps: 4,
      batch: 6,
    },
  ],
]
test.each(
  sampled(
    cellNames.flatMap((cell) => named(cell, networksOf(cell))),
    { axes },
  ),
)('$cell, $name', ({ c }) => agree(c))

// Every plan, and one of each way of dispatching without subgroups: tiles of all heights are made of the same blocks.
const withoutToo: readonly StrategyName[] = ['resident-16', 'tile-16']
const ways = strategyNames.flatMap((strategy) => (withoutToo.includes(strategy) ? [true, false] : [true]).map((subgroups) => ({ strategy, subgroups })))
/** How a plan dispatches, whatever the height of its tiles. */
const familyOf = (strategy: StrategyName): string => strategy.replace(/-\d+$/, '')
const waysOf = (of: typeof ways, cases: (cell: CellName) => readonly (readonly [string, Case])[]) =>
  of.flatMap((way) => cellNames.flatMap((cell) => named(cell, cases(cell)).map((one) => ({ ...one, ...way, family: familyOf(way.strategy) }))))
type Way = ReturnType<typeof waysOf>[number]
const wayAxes = {
  ...axes,
  strategy: ({ strategy }: Way) => strategy,
  family: ({ family }: Way) => family,
  way: ({ family, subgroups }: Way) => [family, subgroups],
}

const shapesOf = (cell: CellName): [string, Case][] => [
  ['sizes of no tile', { spec: ids(cell, 37, 29), steps: 5, batch: 19 }],
  ['one row', { spec: ids(cell, 6), steps: 3, batch: 1 }],
  [
    'both directions, two layers, lengths',
    {
      spec: {
        input: { features: 6 },
        layers: [
          { cell, hidden: 5, bidirectional: true },
          { cell, hidden: 6 },
        ],
        head: { classes: 4 },
      },
      steps: 4,
      batch: 5,
      lengths: [4, 2, 0, 3, 1],
      initial: true,
    },
  ],
  [
    'dropout within the layers',
    {
      spec: {
        input: { features: 6 },
        layers: [
          { cell, hidden: 5, bidirectional: true, inputDropout: 0.3, recurrentDropout: 0.4 },
          { cell, hidden: 6, recurrentDropout: 0.3 },
        ],
        head: { classes: 4 },
      },
      steps: 5,
      batch: 9,
      mask: true,
      dropoutSeed: 9,
      initial: true,
    },
  ],
]
// Each way of dispatching with each cell.
test.each(sampled(waysOf(ways, shapesOf), { axes: wayAxes, pairs: [['family', 'cell']] }))(
  'strategy $strategy, subgroups $subgroups: $cell, $name',
  ({ c, strategy, subgroups }) => agree({ ...c, strategy, subgroups }),
)

// Layers too large to be held, among others, are made by tiles.
test('strategy resident-16: a layer that no workgroup can hold', () =>
  agree({
    spec: {
      ...ids('rnn', 0),
      layers: [
        { cell: 'rnn', hidden: 1028 },
        { cell: 'lstm', hidden: 6 },
      ],
    },
    steps: 2,
    batch: 17,
    strategy: 'resident-16',
  }))

// As much as is held: all banks, and a head of several parts.
const largest = [
  ['rnn', 512],
  ['lstm', 256],
  ['gru', 256],
  ['gru-reset-after', 256],
] as const
test.each(sampled(largest, { axes: {}, share: 1 / 4 }))('strategy resident-8: %s, hidden size %i', (cell, hidden) =>
  agree({ spec: ids(cell, hidden, 5), steps: 2, batch: 9, strategy: 'resident-8' }),
)

// In parts: two forward and four backward; two backward alone, with half the columns.
const dealt: [string, Case][] = [
  ['looked up', { spec: ids('lstm', 288, 5), steps: 3, batch: 5 }],
  [
    'both directions, lengths',
    {
      spec: { input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 288, bidirectional: true, peepholes: true }], head: { classes: 4 } },
      steps: 3,
      batch: 5,
      lengths: [3, 2, 0, 3, 1],
      initial: true,
    },
  ],
  [
    'two layers',
    {
      spec: {
        input: { features: 3 },
        layers: [
          { cell: 'lstm', hidden: 224 },
          { cell: 'lstm', hidden: 200, bias: false },
        ],
        head: { classes: 4 },
      },
      steps: 3,
      batch: 5,
      lengths: [3, 2, 0, 3, 1],
      initial: true,
    },
  ],
]
test.each(sampled(dealt, { axes: {}, share: 1 / 3 }))('strategy resident-16: terms dealt to parts, %s', (_, c) => agree({ ...c, strategy: 'resident-16' }))

// A last tile of few rows.
const tails = [...cellNames.map((cell) => [50, cell] as const), [21, 'rnn'], [32, 'rnn'], [36, 'gru']] as const
test.each(sampled(tails, { axes: { rows: ([rows]) => rows }, share: 1 / 2 }))('strategy tile-16: %i rows, %s', (batch, cell) =>
  agree({ spec: ids(cell, 7, 9), steps: 3, batch, strategy: 'tile-16' }),
)

test.each([false, true])('LSTM with peepholes, bidirectional %s', (bidirectional) =>
  agree({
    spec: { input: { features: 4 }, layers: [{ cell: 'lstm', hidden: 7, peepholes: true, bidirectional }], head: { classes: 3 } },
    steps: 5,
    batch: 9,
    initial: true,
    lengths: [5, 4, 3, 2, 1, 0, 5, 5, 2],
  }),
)

test('learned initial states, h alone given', () =>
  agree({ spec: { ...ids('lstm', 0), layers: [{ cell: 'lstm', hidden: 5, learnInitial: true }] }, steps: 3, batch: 5, initial: 'h' }))

test('layers of different cells', () =>
  agree({
    spec: {
      input: { ids: 11 },
      layers: [
        { cell: 'rnn', hidden: 8 },
        { cell: 'lstm', hidden: 6, bidirectional: true },
        { cell: 'gru', hidden: 10 },
      ],
      head: { classes: 5 },
    },
    steps: 6,
    batch: 7,
  }))

test('thousands of classes', () => agree({ spec: { input: { ids: 3 }, layers: [{ cell: 'rnn', hidden: 6 }], head: { classes: 3001 } }, steps: 2, batch: 3 }))

// Random networks: every cell, depth, direction, size, head and option that fits together, with dense layers among them.
const layer: fc.Arbitrary<LayerSpec> = fc
  .record({
    cell: fc.constantFrom(...cellNames),
    hidden: fc.integer({ min: 1, max: 19 }),
    bidirectional: fc.boolean(),
    bias: fc.boolean(),
    learnInitial: fc.boolean(),
    peepholes: fc.boolean(),
    merge: fc.constantFrom('concat' as const, 'sum' as const, 'mean' as const, 'product' as const),
    backwards: fc.boolean(),
    // In one layer of four.
    inside: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.record({ inputDropout: fc.constantFrom(0, 0.3), recurrentDropout: fc.constantFrom(0, 0.4) }) },
    ),
    functions: fc.record({
      recurrentActivation: fc.constantFrom('sigmoid' as const, 'hard-sigmoid' as const, 'hard-sigmoid-0.2' as const),
      activation: fc.constantFrom('tanh' as const, 'relu' as const),
    }),
  })
  .map(({ peepholes, merge, backwards, functions, inside, ...rest }) => ({
    ...rest,
    ...inside,
    ...(rest.bidirectional ? { merge } : { backwards }),
    ...(cells[rest.cell].activations && functions),
    ...(rest.cell === 'lstm' && { peepholes }),
  }))
const head: fc.Arbitrary<Head | undefined> = fc.oneof(
  fc.record({ classes: fc.integer({ min: 1, max: 20 }), at: fc.constantFrom('every' as const, 'last' as const) }),
  fc.record({ numbers: fc.integer({ min: 1, max: 6 }), at: fc.constantFrom('every' as const, 'last' as const) }),
  fc.constant(undefined),
)
const dense: fc.Arbitrary<DenseSpec> = fc.record({
  dense: fc.integer({ min: 1, max: 9 }),
  activation: fc.constantFrom('linear', 'relu', 'tanh', 'sigmoid'),
  bias: fc.boolean(),
})
/** Dense layers among the recurrent ones, and a head that reads all layers that it may. */
function graphOf({ input, layers: recurrent, head }: NetworkSpec, among: readonly (readonly [number, DenseSpec])[], joins: boolean): NetworkSpec {
  const oneHot = 'ids' in input && !input.embedding
  const layers = among.reduce<NetworkSpec['layers']>(
    (all, [place, layer]) => all.toSpliced(Math.max(Number(oneHot), place % (all.length + 1)), 0, layer),
    recurrent,
  )
  if (!head || !joins) return { input, layers, ...(head && { head }) }
  const sources = [...layers.keys()].filter((l) => head.at !== 'last' || !isDense(layers[l]!) || isFinal({ input, layers, head }, l))
  const inputs: Source[] = oneHot || head.at === 'last' ? sources : [...sources, 'input']
  return { input, layers, head: { ...head, inputs } }
}
const network: fc.Arbitrary<NetworkSpec> = fc
  .record({
    input: fc.oneof(
      fc.record({ features: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ ids: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ ids: fc.integer({ min: 1, max: 9 }), embedding: fc.integer({ min: 1, max: 6 }) }),
    ),
    layers: fc.oneof(
      fc.array(layer, { minLength: 1, maxLength: 3 }),
      fc
        .record({ below: fc.array(layer, { maxLength: 1 }), one: layer, times: fc.integer({ min: 2, max: 3 }) })
        .map(({ below, one, times }) => [...below, ...Array.from({ length: times }, () => one)]),
    ),
    head,
    dropout: fc.constantFrom(0, 0, 0.3),
    among: fc.array(fc.tuple(fc.nat(4), dense), { maxLength: 2 }),
    joins: fc.boolean(),
  })
  .map(({ among, joins, dropout, head, ...rest }) => ({ ...graphOf({ ...rest, ...(head && { head }) }, among, joins), dropout }))
  // Ids that a layer looks up have no dropout, and are refused it.
  .map((spec) => ({ ...spec, layers: spec.layers.map((layer, l) => (isDense(layer) || !looksUp(spec, l) ? layer : { ...layer, inputDropout: 0 })) }))
  // Dropout of one layer would do nothing, and is refused.
  .map((spec) => ({ ...spec, dropout: spec.layers.length > 1 ? spec.dropout : 0 }))
const random: fc.Arbitrary<Case> = fc
  .record({ spec: network, steps: fc.integer({ min: 1, max: 6 }), batch: fc.integer({ min: 1, max: 9 }), seed: fc.integer({ min: 1, max: 1000 }) })
  .chain((c) =>
    fc
      .record({
        lengths: fc.option(fc.array(fc.integer({ min: 0, max: c.steps }), { minLength: c.batch, maxLength: c.batch }), { nil: undefined }),
        initial: fc.boolean(),
        ignore: fc.boolean(),
        classWeights: fc.boolean(),
        weights: fc.boolean(),
        mask: fc.boolean(),
        given: fc.boolean(),
        dropoutSeed: fc.option(fc.nat(1000), { nil: undefined }),
        strategy: fc.constantFrom(...strategyNames),
        recompute: fc.constantFrom(false, false, true, 2),
      })
      .map(({ lengths, mask, dropoutSeed, ...rest }) => ({
        ...c,
        ...rest,
        ...(lengths ? { lengths } : { mask }),
        ...(dropoutSeed !== undefined && { dropoutSeed }),
      })),
  )

// Each compiles kernels of its own. A run that takes some cases takes those of its seed.
const drawn = inject('whole') ? [2026, 2027, 2028, 2029, 2030].map((seed) => ({ seed, count: 60 })) : [{ seed: inject('seed') | 0, count: 6 }]
test.each(drawn)('$count random networks agree with the reference, seed $seed', ({ seed, count }) =>
  fc.assert(fc.asyncProperty(random, agree), { numRuns: count, seed, interruptAfterTimeLimit: 170_000, markInterruptAsFailure: true }),
)
