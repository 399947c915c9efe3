// Heads, losses, peepholes, learned initial states and dropout of the reference against central finite differences.
import { describe, expect, it, test } from 'vitest'
import { cellNames, type CellName } from '../../src/cells'
import { backward, binaryCrossEntropy, crossEntropy, forward, huber, lossAndGradients, squaredError } from '../../src/reference'
import { headSize, type NetworkSpec } from '../../src/spec'
import { expectClose, numbers, randomParameters } from './support'

// As in gradients.test.ts: rounding of the loss over the step, and what a central difference leaves out.
const delta = 2 ** -17
const tolerance = (loss: number) => (32 * Number.EPSILON * (1 + Math.abs(loss))) / delta + (delta ** 2 * 100) / 6

const [T, B] = [4, 3]
const lengths = [4, 0, 2]

const specs: Record<string, (cell: CellName) => NetworkSpec> = {
  'classes at the last step': (cell) => ({ input: { features: 2 }, layers: [{ cell, hidden: 3, bidirectional: true }], head: { classes: 3, at: 'last' } }),
  'numbers at every step': (cell) => ({ input: { features: 2 }, layers: [{ cell, hidden: 3 }], head: { numbers: 2 } }),
  'numbers at the last step': (cell) => ({ input: { ids: 3 }, layers: [{ cell, hidden: 3 }], head: { numbers: 2, at: 'last' } }),
  'learned initial states': (cell) => ({
    input: { features: 2 },
    layers: [
      { cell, hidden: 3, learnInitial: true, bidirectional: true },
      { cell, hidden: 2, learnInitial: true },
    ],
    head: { classes: 3 },
  }),
  'learned initial states, h alone given': (cell) => ({ input: { features: 2 }, layers: [{ cell, hidden: 3, learnInitial: true }], head: { classes: 3 } }),
  dropout: (cell) => ({
    input: { features: 2 },
    layers: [
      { cell, hidden: 5, bidirectional: true },
      { cell, hidden: 3 },
      { cell, hidden: 2 },
    ],
    dropout: 0.5,
    head: { classes: 3 },
  }),
  peepholes: () => ({
    input: { features: 2 },
    layers: [
      { cell: 'lstm', hidden: 3, peepholes: true, bidirectional: true },
      { cell: 'lstm', hidden: 2, peepholes: true },
    ],
    head: { classes: 3 },
  }),
}

describe.each(Object.entries(specs))('%s', (what, specOf) => {
  it.each(cellNames)('%s has the gradients of its loss', (cell) => {
    const spec = specOf(cell)
    const from = numbers(3)
    const parameters = randomParameters(spec, from)
    const V = headSize(spec)
    const rows = spec.head!.at === 'last' ? B : T * B
    const inputs = 'ids' in spec.input ? { ids: from.ids(T * B, spec.input.ids) } : { features: from.array(T * B * spec.input.features) }
    const targets = 'classes' in spec.head! ? from.ids(rows, V) : from.array(rows * V)
    const options = {
      batch: B,
      lengths,
      ...(spec.dropout && { dropoutSeed: 11 }),
      ...(what.endsWith('h alone given') && { initial: [{ h: from.array(B * 3) }] }),
    }
    const lossOf = () => lossAndGradients(spec, parameters, inputs, targets, options).loss.loss
    const { gradients } = lossAndGradients(spec, parameters, inputs, targets, options)
    for (const [name, values] of parameters) {
      const expected = values.map((value, k) => {
        const at = (v: number) => {
          values[k] = v
          const loss = lossOf()
          values[k] = value
          return loss
        }
        return (at(value + delta) - at(value - delta)) / (2 * delta)
      })
      expectClose(name, gradients.parameters.get(name)!, expected, { absolute: tolerance(lossOf()) })
    }
  })
})

test('dropout drops the fraction it is told and keeps the mean', () => {
  const spec: NetworkSpec = {
    input: { features: 1 },
    layers: [
      { cell: 'rnn', hidden: 50 },
      { cell: 'rnn', hidden: 1 },
    ],
    dropout: 0.3,
  }
  const run = forward(spec, randomParameters(spec, numbers(1)), { features: new Float64Array(100) }, { batch: 5, dropoutSeed: 4 })
  const [mask] = run.masks
  const dropped = mask!.filter((v) => v === 0).length / mask!.length
  // Five standard deviations of a frequency among 5000.
  expect(Math.abs(dropped - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 5000))
  expect(new Set(mask)).toEqual(new Set([0, 1 / 0.7]))
  expect(forward(spec, randomParameters(spec, numbers(1)), { features: new Float64Array(100) }, { batch: 5 }).masks).toEqual([null, null])
})

test('class weights are those of PyTorch: Σ w loss / Σ w', () => {
  const logits = Float64Array.of(1, 2, 0, 0.5, -1, 3)
  const [targets, weights] = [
    [1, 0],
    [2, 0.5, 1],
  ]
  const one = (row: number) => crossEntropy(logits.slice(3 * row, 3 * row + 3), [targets[row]!], { classes: 3 }).loss
  const made = crossEntropy(logits, targets, { classes: 3, weights })
  expect(made.loss).toBeCloseTo((0.5 * one(0) + 2 * one(1)) / 2.5, 14)
  const numeric = logits.map((value, k) => {
    const at = (v: number) =>
      crossEntropy(
        logits.map((o, i) => (i === k ? v : o)),
        targets,
        { classes: 3, weights },
      ).loss
    return (at(value + delta) - at(value - delta)) / (2 * delta)
  })
  expectClose('gradient', made.gradient, numeric, { absolute: tolerance(made.loss) })
})

test('a row of numbers with NaN in it, or past its end, does not count', () => {
  const made = squaredError(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [0, 0, NaN, 0, 1, 1, 0, 0], { numbers: 2, lengths: [2, 1] })
  expect(made.counted).toBe(2) // rows 0 (t 0, b 0) and 2 (t 1, b 0)
  expect(made.loss).toBe((1 + 4 + 16 + 25) / 4)
  expect([...made.gradient]).toEqual([0.5, 1, 0, 0, 2, 2.5, 0, 0])
})

// By torch.nn.HuberLoss and BCEWithLogitsLoss (2.13, float64), of the first two rows.
test('the Huber loss and the binary cross-entropy of torch.nn', () => {
  const outputs = Float64Array.of(0.5, -3, 2, -0.25, 4, -1.5, 9, 9, 9)
  const targets = [0.25, 0.5, 1, 0.75, 0, 1, 0, NaN, 0]
  const far = huber(outputs, targets, { numbers: 3, delta: 0.75 })
  expect(far.loss).toBeCloseTo(1.2708333333333333, 14)
  expectClose('gradient', far.gradient, [1 / 24, -0.125, 0.125, -0.125, 0.125, -0.125, 0, 0, 0], { relative: 1e-12 })
  const labels = binaryCrossEntropy(outputs, targets, { numbers: 3 })
  expect(labels.loss).toBeCloseTo(1.501265828762704, 14)
  const gradient = [0.0620765552003, -0.0754290211371, -0.0198671536704, -0.0520294168143, 0.163668965006, -0.136262412699, 0, 0, 0]
  expectClose('gradient', labels.gradient, gradient, { relative: 1e-10 })
})

test('a network without a head has gradients of given ones', () => {
  const spec: NetworkSpec = { input: { features: 2 }, layers: [{ cell: 'gru', hidden: 3 }] }
  const from = numbers(2)
  const run = forward(spec, randomParameters(spec, from), { features: from.array(T * B * 2) }, { batch: B })
  expect(run.logits.length).toBe(0)
  const { parameters } = backward(spec, randomParameters(spec, from), run, { outputs: from.array(T * B * 3) })
  expect(parameters.get('layers.0.U')!.some((v) => v !== 0)).toBe(true)
})
