// Networks for the tests of the Keras formats: each cell in one and two directions and layers, and each way in and out.
import type { LayerSpec, NetworkSpec } from 'sluice'
import type { ToKerasOptions } from 'sluice/formats/keras'
import { forward } from '../../../src/reference/network'
import { layer, mixedStack, numbers, parametersOf, plainStacks } from '../networks'

export { parametersOf }
export const [T, B, V, I] = [5, 3, 6, 3]

export interface Example {
  readonly name: string
  readonly spec: NetworkSpec
  readonly options?: ToKerasOptions
  /** Who has it. */
  readonly tfjs: boolean
  readonly keras: boolean
}

const isIn = (spec: NetworkSpec, not: string) =>
  !(spec.layers as LayerSpec[]).some(({ cell, recurrentActivation }) => cell === not || recurrentActivation === not)

export const examples: readonly Example[] = [
  ...plainStacks,
  {
    name: 'an embedding, a softmax at the last step',
    spec: { input: { ids: V, embedding: 3 }, layers: [layer('gru'), layer('lstm', { bidirectional: true })], head: { classes: V, at: 'last' } } as NetworkSpec,
    options: { after: ['softmax'] },
  },
  { name: 'one-hot ids', spec: { input: { ids: V }, layers: [layer('lstm')], head: { classes: V } } as NetworkSpec },
  { name: 'no bias, no head', spec: { input: { features: I }, layers: [layer('lstm', { bias: false }), layer('rnn', { bias: false })] } as NetworkSpec },
  { name: 'no head, the last step', spec: { input: { features: I }, layers: [layer('gru')] } as NetworkSpec, options: { at: 'last' as const } },
  {
    name: 'dropout, labels, two biases',
    spec: {
      input: { features: I },
      layers: [layer('lstm', { bias: 'two' }), layer('gru'), layer('gru')],
      dropout: 0.25,
      head: { numbers: 2, loss: 'binary-cross-entropy' },
    } as NetworkSpec,
    options: { after: ['sigmoid', 'relu'] },
  },
  ...(['hard-sigmoid', 'hard-sigmoid-0.2'] as const).map((recurrentActivation) => ({
    name: recurrentActivation,
    spec: {
      input: { features: I },
      layers: [layer('lstm', { recurrentActivation, activation: 'relu' }), layer('gru', { recurrentActivation, bidirectional: true, merge: 'mean' })],
      head: { numbers: 2 },
    } as NetworkSpec,
  })),
  mixedStack,
  {
    name: 'dense layers at the last step, dropout',
    spec: {
      input: { ids: V, embedding: 3 },
      layers: [layer('rnn'), { dense: 5, activation: 'relu' }],
      dropout: 0.5,
      head: { classes: V, at: 'last' },
    } as NetworkSpec,
    options: { after: ['softmax'] },
  },
  {
    name: 'merges, a layer that reads backwards',
    spec: {
      input: { features: I },
      layers: [
        layer('rnn', { bidirectional: true, merge: 'sum' }),
        layer('lstm', { bidirectional: true, merge: 'product' }),
        layer('gru', { backwards: true }),
      ],
      head: { numbers: 2, at: 'last' },
    } as NetworkSpec,
  },
].map((example) => ({
  ...example,
  tfjs: isIn(example.spec, 'gru-reset-after') && isIn(example.spec, 'hard-sigmoid'),
  keras: isIn(example.spec, 'hard-sigmoid-0.2'),
}))

/** What goes into a model: [B, T] ids, or [B, T, I]. */
export function inputOf({ input }: NetworkSpec): number[] {
  const source = numbers(11)
  if ('features' in input) return Array.from({ length: B * T * input.features }, () => source.next().value)
  const ids = Array.from({ length: B * T }, (_, i) => (i * 5) % V)
  return input.embedding ? ids : ids.flatMap((id) => Array.from({ length: V }, (_, v) => (v === id ? 1 : 0)))
}

/** [B, T, n] → [T, B, n], or back with the sizes exchanged. */
export const turned = (values: ArrayLike<number>, [a, b]: readonly [number, number]): number[] => {
  const n = values.length / (a * b)
  return Array.from({ length: values.length }, (_, i) => values[((Math.floor(i / n) % a) * b + Math.floor(i / (n * a))) * n + (i % n)]!)
}

/** What a model puts out, [B, T, …] or [B, …], by the float64 reference.
 * @param x as `inputOf` has it */
export function outputOf(
  spec: NetworkSpec,
  parameters: ReadonlyMap<string, ArrayLike<number>>,
  x: readonly number[],
  { after = [], at, lengths }: { after?: readonly string[]; at?: 'every' | 'last'; lengths?: readonly number[] } = {},
): number[] {
  const rows = turned(x, [B, T])
  const isIds = 'ids' in spec.input && x.length === B * T
  const ids = isIds ? rows : 'ids' in spec.input ? Array.from({ length: B * T }, (_, i) => rows.slice(i * V, (i + 1) * V).indexOf(1)) : null
  const wide = new Map([...parameters].map(([name, values]) => [name, Float64Array.from(values)]))
  const { logits, outputs, final } = forward(spec, wide, ids ? { ids: Uint32Array.from(ids) } : { features: Float64Array.from(rows) }, {
    batch: B,
    ...(lengths && { lengths }),
  })
  const isLast = (spec.head?.at ?? at) === 'last'
  const made = spec.head ? logits : isLast ? final.at(-1)!.h : outputs
  const width = made.length / (isLast ? B : B * T)
  let values = isLast ? Array.from(made) : turned(made, [T, B])
  for (const name of after) values = activated(name, values, width)
  return values
}

function activated(name: string, values: readonly number[], width: number): number[] {
  if (name === 'sigmoid') return values.map((v) => 1 / (1 + Math.exp(-v)))
  if (name === 'relu') return values.map((v) => Math.max(0, v))
  if (name === 'tanh') return values.map(Math.tanh)
  if (name !== 'softmax') throw new Error(name)
  const row = (i: number) => values.slice(Math.floor(i / width) * width, (Math.floor(i / width) + 1) * width)
  return values.map((v, i) => Math.exp(v) / row(i).reduce((sum, other) => sum + Math.exp(other), 0))
}

/** Steps of each row where there is a mask. */
export const lengths = [T, 2, 4]
