// LSTMs that project their state, on the GPU against the float64 reference.
import { expect, test } from 'vitest'
import type { StrategyName } from '../src/gpu/strategy'
import { compare, type Case } from './support/agreement'

const lengths = [5, 2, 0, 3, 1]

/** Sizes that fill no vec4f. */
const networks: Readonly<Record<string, Case>> = {
  'ids that the layer looks up': {
    spec: { input: { ids: 6 }, layers: [{ cell: 'lstm', hidden: 9, projection: 5 }], head: { classes: 6 } },
    steps: 5,
    batch: 5,
  },
  'ids, no bias, initial states, lengths': {
    spec: { input: { ids: 6 }, layers: [{ cell: 'lstm', hidden: 9, projection: 5, bias: false, backwards: true }], head: { classes: 6, at: 'last' } },
    steps: 5,
    batch: 5,
    lengths,
    initial: true,
    given: true,
  },
  'deep, both directions, peepholes, learned initial states, dropout': {
    spec: {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 7, projection: 3, bidirectional: true, peepholes: true, learnInitial: true },
        { cell: 'lstm', hidden: 10, projection: 6 },
        { cell: 'lstm', hidden: 10, projection: 6 },
        { cell: 'gru', hidden: 5 },
      ],
      dropout: 0.3,
      head: { numbers: 2 },
    },
    steps: 5,
    batch: 5,
    lengths,
    given: true,
    dropoutSeed: 3,
  },
  'merged directions and a mask, dropout within, other functions': {
    spec: {
      input: { features: 3 },
      layers: [
        { cell: 'lstm', hidden: 9, projection: 6, bidirectional: true, merge: 'product', inputDropout: 0.3, recurrentDropout: 0.3 },
        { cell: 'lstm', hidden: 6, projection: 2, backwards: true, recurrentDropout: 0.3, recurrentActivation: 'hard-sigmoid', activation: 'relu' },
      ],
      head: { classes: 4, at: 'last' },
    },
    steps: 5,
    batch: 5,
    mask: true,
    initial: true,
    dropoutSeed: 4,
  },
  'gates made again': {
    spec: {
      input: { ids: 6, embedding: 5 },
      layers: [
        { cell: 'lstm', hidden: 9, projection: 5, bidirectional: true, recurrentDropout: 0.3 },
        { cell: 'lstm', hidden: 9, projection: 5, bias: 'two' },
      ],
      head: { classes: 6 },
    },
    steps: 7,
    batch: 5,
    recompute: 3,
    dropoutSeed: 5,
  },
  'more terms than a product holds at a time': {
    spec: { input: { features: 4 }, layers: [{ cell: 'lstm', hidden: 70, projection: 40 }], head: { numbers: 2 } },
    steps: 3,
    batch: 18,
  },
}

const strategies: readonly StrategyName[] = ['per-step-8', 'fused-4', 'tile-16', 'resident-16']

test.each(Object.entries(networks).flatMap(([what, c]) => strategies.map((strategy) => [what, strategy, c] as const)))(
  'agrees with the reference: %s, %s',
  async (_, strategy, c) => {
    for (const [tensor, error] of await compare({ ...c, strategy })) expect(error, tensor).toBeLessThanOrEqual(1)
  },
)
