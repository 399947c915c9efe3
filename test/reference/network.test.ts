// What the reference computes, checked by hand and by identities between runs.
import { describe, expect, it } from 'vitest'
import { cellNames, type CellName } from '../../src/cells'
import { functionsOf } from '../../src/reference/cells'
import { backward, forward, lossAndGradients, references, zeroParameters, type Parameters } from '../../src/reference'
import type { NetworkSpec } from '../../src/spec'
import { expectClose, numbers, randomParameters, randomStates } from './support'

const [T, B, I, H, V] = [4, 3, 2, 3, 3]
const spec = (cell: CellName, bidirectional = false): NetworkSpec => ({
  input: { features: I },
  layers: [{ cell, hidden: H, bidirectional }],
  head: { classes: V },
})
// Sums in another order differ by a few ε.
const exact = { absolute: 1e-15, relative: 1e-14 }
/** Row n of a time-major array [T, B, …], its first `length` steps. */
const sequence = (array: Float64Array, n: number, length: number, width: number) =>
  Float64Array.from({ length: length * width }, (_, k) => array[(Math.floor(k / width) * B + n) * width + (k % width)]!)

describe('one step of one unit, by hand', () => {
  const sigmoid = (a: number) => 1 / (1 + Math.exp(-a))
  const one = (...values: number[]) => Float64Array.from(values)
  const weights = (bn: number | null, ...U: number[]) => ({ U: { data: one(...U), offset: 0, stride: U.length }, bn: bn === null ? null : one(bn) })
  const h0 = 0.5
  const close = (step: { state: { h: Float64Array } }, h: number) => expect(step.state.h[0]).toBeCloseTo(h, 14)

  it('rnn and rnn-relu', () => {
    close(references.rnn.forward(weights(null, 2), one(-0.3), { h: one(h0) }), Math.tanh(0.7))
    close(references['rnn-relu'].forward(weights(null, 2), one(-0.3), { h: one(h0) }), 0.7)
    close(references['rnn-relu'].forward(weights(null, 2), one(-1.3), { h: one(h0) }), 0)
  })

  it('gru resets the state before the product, gru-reset-after the product and its bias', () => {
    const [r, z] = [sigmoid(0.1 + h0), sigmoid(0.2 - 2 * h0)]
    close(references.gru.forward(weights(null, 1, -2, 3), one(0.1, 0.2, 0.3), { h: one(h0) }), z * h0 + (1 - z) * Math.tanh(0.3 + r * h0 * 3))
    const n = Math.tanh(0.3 + r * (h0 * 3 + 0.4))
    close(references['gru-reset-after'].forward(weights(0.4, 1, -2, 3), one(0.1, 0.2, 0.3), { h: one(h0) }), z * h0 + (1 - z) * n)
  })

  it('hard sigmoids in both definitions, and relu', () => {
    const [keras, tfjs] = [
      functionsOf({ cell: 'lstm', hidden: 1, recurrentActivation: 'hard-sigmoid' }),
      functionsOf({ cell: 'lstm', hidden: 1, recurrentActivation: 'hard-sigmoid-0.2' }),
    ]
    const values = [-3.1, -3, -2.5, -1, 0, 1, 2.5, 3, 3.1]
    expectClose('x/6 + 1/2', Float64Array.from(values, keras.gate.of), [0, 0, 0.5 - 2.5 / 6, 0.5 - 1 / 6, 0.5, 0.5 + 1 / 6, 0.5 + 2.5 / 6, 1, 1], exact)
    expectClose('0.2 x + 1/2', Float64Array.from(values, tfjs.gate.of), [0, 0, 0, 0.3, 0.5, 0.7, 1, 1, 1], exact)
    const functions = functionsOf({ cell: 'lstm', hidden: 1, recurrentActivation: 'hard-sigmoid-0.2', activation: 'relu' })
    // i f g o: 0.7, 0.3, relu(2), relu(−1) would be 0 as a candidate.
    const step = references.lstm.forward({ ...weights(null, 0, 0, 0, 0), functions }, one(1, -1, 2, 5), { h: one(h0), c: one(1) })
    expect(step.state.c![0]).toBeCloseTo(0.3 * 1 + 0.7 * 2, 14)
    close(step, 1.7)
  })

  it('lstm', () => {
    const c = sigmoid(0.2 - 0.5) * -0.7 + sigmoid(0.1 + 0.5) * Math.tanh(0.3 + 1)
    const step = references.lstm.forward(weights(null, 1, -1, 2, 0.5), one(0.1, 0.2, 0.3, 0.4), { h: one(h0), c: one(-0.7) })
    close(step, sigmoid(0.4 + 0.25) * Math.tanh(c))
    expect(step.state.c![0]).toBeCloseTo(c, 14)
  })

  it('does not overflow', () => {
    const step = references.lstm.forward(weights(null, 0, 0, 0, 0), one(-1e4, 1e4, 1e4, -1e4), { h: one(h0), c: one(1e9) })
    expect([...step.gates, step.state.h[0], step.state.c![0]]).toEqual([0, 1, 1, 0, 0, 1e9])
  })
})

describe.each(cellNames)('%s', (cell) => {
  it('reads backwards as it reads the sequence turned around', () => {
    const ahead = spec(cell)
    const network: NetworkSpec = { ...ahead, layers: [{ ...ahead.layers[0]!, backwards: true }] }
    const from = numbers(4)
    const parameters = randomParameters(network, from)
    const [x, initial] = [from.array(T * B * I), randomStates(network, B, from)]
    const turned = (values: Float64Array) =>
      Float64Array.from(values, (_, i) => values[(T - 1 - Math.floor(i / (values.length / T))) * (values.length / T) + (i % (values.length / T))]!)
    const back = forward(network, parameters, { features: x }, { batch: B, initial })
    const other = forward(ahead, parameters, { features: turned(x) }, { batch: B, initial })
    expect([...back.outputs]).toEqual([...turned(other.outputs)])
    expect(back.final).toEqual(other.final)
  })

  it.each([false, true])('runs a padded batch as it runs each sequence alone (bidirectional: %s)', (bidirectional) => {
    const network = spec(cell, bidirectional)
    const D = bidirectional ? 2 : 1
    const from = numbers(2)
    const parameters = randomParameters(network, from)
    const [x, initial, lengths] = [from.array(T * B * I), randomStates(network, B, from), [2, 4, 0]]
    const targets = from.ids(T * B, V)
    const whole = lossAndGradients(network, parameters, { features: x }, targets, { batch: B, lengths, initial })
    expect(whole.loss.counted).toBe(6)
    const sums: Parameters = zeroParameters(network)
    lengths.forEach((length, n) => {
      const row = (values: Float64Array) => values.slice(n * D * H, (n + 1) * D * H)
      const alone = initial.map(({ h, c }) => ({ h: row(h), ...(c && { c: row(c) }) }))
      const run = forward(network, parameters, { features: sequence(x, n, length, I) }, { batch: 1, initial: alone })
      expectClose('outputs', sequence(whole.forward.outputs, n, length, D * H), run.outputs, exact)
      expectClose('logits', sequence(whole.forward.logits, n, length, V), run.logits, exact)
      expectClose('final h', row(whole.forward.final[0]!.h), run.final[0]!.h, exact)
      const made = backward(network, parameters, run, { logits: sequence(whole.loss.gradient, n, length, V) })
      expectClose('dx', sequence(whole.gradients.features!, n, length, I), made.features!, exact)
      expectClose('dh0', row(whole.gradients.initial[0]!.h), made.initial[0]!.h, exact)
      for (const [name, g] of made.parameters) g.forEach((v, k) => (sums.get(name)![k]! += v))
    })
    for (const [name, g] of whole.gradients.parameters) expectClose(name, g, sums.get(name)!, exact)

    // Past the end: outputs, gates and gradients zero, state carried. A sequence of length 0 keeps its initial state.
    const { states, gates } = whole.forward.layers[0]!
    const past = (array: Float64Array, n: number, width: number) => sequence(array, n, T, width).slice(lengths[n]! * width)
    for (const n of [0, 2]) {
      expect(past(whole.forward.outputs, n, D * H).every((v) => v === 0)).toBe(true)
      expect(past(gates, n, gates.length / (T * B)).every((v) => v === 0)).toBe(true)
      expect(past(whole.gradients.features!, n, I).every((v) => v === 0)).toBe(true)
      expect(past(whole.gradients.layers[0]!.h, n, D * H).every((v) => v === 0)).toBe(true)
    }
    expect(whole.forward.final[0]!.h.slice(2 * D * H)).toEqual(initial[0]!.h.slice(2 * D * H))
    expect(sequence(states.h, 0, T, D * H).slice(3 * D * H, 3 * D * H + H)).toEqual(whole.forward.final[0]!.h.slice(0, H))
  })

  it('reads time backwards in the second direction', () => {
    const from = numbers(3)
    const both = spec(cell, true)
    const parameters = randomParameters(both, from)
    const x = from.array(T * B * I)
    const run = forward(both, parameters, { features: x }, { batch: B })
    // The second direction's parameters, alone.
    const single = new Map(
      [...zeroParameters(spec(cell))].map(([name, zeros]) => {
        const values = parameters.get(name)!
        const width = zeros.length / (name.endsWith('.W') ? I : 1)
        return [name, zeros.map((_, k) => values[Math.floor(k / width) * 2 * width + width + (k % width)] ?? 0)]
      }),
    )
    const step = (array: Float64Array, t: number) => array.slice(t * B * I, (t + 1) * B * I)
    const reversed = Float64Array.from(Array.from({ length: T }, (_, t) => [...step(x, T - 1 - t)]).flat())
    const alone = forward(spec(cell), single, { features: reversed }, { batch: B })
    for (let t = 0; t < T; t++)
      for (let n = 0; n < B; n++)
        expectClose(
          `outputs at ${t}, ${n}`,
          run.outputs.slice(((t * B + n) * 2 + 1) * H, ((t * B + n) * 2 + 2) * H),
          alone.outputs.slice(((T - 1 - t) * B + n) * H, ((T - 1 - t) * B + n + 1) * H),
          exact,
        )
  })

  it('continues: two runs with the state carried are one run', () => {
    const from = numbers(4)
    const network = spec(cell)
    const parameters = randomParameters(network, from)
    const x = from.array(T * B * I)
    const whole = forward(network, parameters, { features: x }, { batch: B })
    const first = forward(network, parameters, { features: x.slice(0, B * I) }, { batch: B })
    const rest = forward(network, parameters, { features: x.slice(B * I) }, { batch: B, initial: first.final })
    expect(Float64Array.of(...first.logits, ...rest.logits)).toEqual(whole.logits)
    expect(rest.final).toEqual(whole.final)
  })
})

describe('inputs', () => {
  it('gives one-hot ids the rows of W that an embedding of the identity gives', () => {
    const from = numbers(6)
    const hot: NetworkSpec = { input: { ids: 4 }, layers: [{ cell: 'gru', hidden: H }], head: { classes: V } }
    const embedded: NetworkSpec = { ...hot, input: { ids: 4, embedding: 4 } }
    const parameters = randomParameters(hot, from)
    const identity = Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0))
    const ids = from.ids(T * B, 4)
    const logits = forward(hot, parameters, { ids }, { batch: B }).logits
    expect(forward(embedded, new Map([...parameters, ['embedding', identity]]), { ids }, { batch: B }).logits).toEqual(logits)
  })

  it('refuses what does not fit', () => {
    const network = spec('rnn')
    const parameters = zeroParameters(network)
    const features = new Float64Array(T * B * I)
    const run =
      (options: object, given = parameters) =>
      () =>
        forward(network, given, { features }, { batch: B, ...options })
    expect(run({ lengths: [1, 2, 5] })).toThrow('a length is greater than 4')
    expect(run({ lengths: [1, 2] })).toThrow('lengths has 2 numbers, expected 3')
    expect(run({ initial: [{ h: new Float64Array(2) }] })).toThrow('state h of layer 0 has 2 numbers, expected 9')
    expect(run({ batch: 5 })).toThrow('the inputs are not [T, 5]')
    expect(run({}, new Map([...parameters].slice(1)))).toThrow('layers.0.W has no numbers, expected 6')
    expect(() => forward(network, parameters, { ids: new Uint32Array(6) }, { batch: B })).toThrow('this network reads features')
  })
})
