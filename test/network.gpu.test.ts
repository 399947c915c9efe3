// Every cell on the GPU against the float64 reference: outputs, states, loss and every named gradient.
import { describe, expect, test } from 'vitest'
import { cellNames, type CellName } from '../src/cells'
import { compare, type Case } from './support/agreement'

async function agree(c: Case): Promise<void> {
  const errors = await compare(c)
  for (const [name, error] of errors) expect(error, `${name}, in tolerances`).toBeLessThanOrEqual(1)
}

const ids = (cell: CellName, hidden: number, V = 7): Case['spec'] => ({ input: { ids: V }, layers: [{ cell, hidden }], head: { classes: V } })

describe.each(cellNames)('%s', (cell) => {
  test.each([
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
    ['two layers', { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 9 }, { cell, hidden: 6 }] }, steps: 4, batch: 5, initial: true }],
    ['both directions', { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 7, bidirectional: true }] }, steps: 5, batch: 9, initial: true }],
    ['lengths, zero among them', { spec: ids(cell, 6), steps: 5, batch: 5, lengths: [5, 0, 3, 1, 4], initial: true }],
    [
      'both directions, two layers, lengths',
      { spec: { ...ids(cell, 0), layers: [{ cell, hidden: 5, bidirectional: true }, { cell, hidden: 6, bidirectional: true }] }, steps: 6, batch: 5, lengths: [6, 2, 0, 5, 1], initial: true },
    ],
  ] satisfies [string, Case][])('%s', (_, c) => agree(c))
})

test('layers of different cells', () =>
  agree({
    spec: { input: { ids: 11 }, layers: [{ cell: 'rnn', hidden: 8 }, { cell: 'lstm', hidden: 6, bidirectional: true }, { cell: 'gru', hidden: 10 }], head: { classes: 5 } },
    steps: 6, batch: 7,
  }))

test('thousands of classes', () => agree({ spec: { input: { ids: 3 }, layers: [{ cell: 'rnn', hidden: 6 }], head: { classes: 3001 } }, steps: 2, batch: 3 }))
