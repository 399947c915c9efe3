// What the tests of all formats make their networks of: the same stacks, and the same numbers on every machine.
import { cellNames, parameterShapes, type CellName, type LayerSpec, type NetworkSpec } from 'sluice'

/** A recurrent layer of four units. */
export const layer = (cell: CellName, more: Partial<LayerSpec> = {}): LayerSpec => ({ cell, hidden: 4, ...more })

/** The cells that other formats have. */
export const commonCells = cellNames.filter((cell) => cell !== 'mgu')

/** Each of these cells in one and two layers and directions, between three features and two numbers. */
export const plainStacks: readonly { readonly name: string; readonly spec: NetworkSpec }[] = commonCells.flatMap((cell) =>
  [1, 2].flatMap((layers) =>
    [false, true].map((bidirectional) => ({
      name: `${cell}, ${layers} layers, ${bidirectional ? 'both directions' : 'forward'}`,
      spec: { input: { features: 3 }, layers: Array.from({ length: layers }, () => layer(cell, { bidirectional })), head: { numbers: 2 } },
    })),
  ),
)

/** Dense layers wherever they may stand, with each activation, with a bias and without. */
export const mixedStack: { readonly name: string; readonly spec: NetworkSpec } = {
  name: 'dense layers before, between and after',
  spec: {
    input: { features: 3 },
    layers: [
      { dense: 5, activation: 'relu' },
      layer('lstm', { bidirectional: true }),
      { dense: 3, activation: 'tanh', bias: false },
      layer('gru'),
      { dense: 4, activation: 'sigmoid' },
      { dense: 3 },
    ],
    head: { numbers: 2 },
  },
}

/** Layers that read several, and a head that reads them all; `V` ids are embedded. */
export const joinedStack = (V: number): { readonly name: string; readonly spec: NetworkSpec } => ({
  name: 'joined inputs',
  spec: {
    input: { ids: V, embedding: 3 },
    layers: [layer('lstm'), layer('rnn', { inputs: ['input', 0] }), { dense: 5, activation: 'relu', inputs: [1, 'input'] }],
    head: { classes: V, inputs: ['input', 0, 1, 2] },
  },
})

/** The same numbers on every machine, in −1 to 1. */
export function* numbers(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield Math.fround(state / 2 ** 31 - 1)
  }
}

export const some = (n: number, source: Iterator<number>): Float32Array<ArrayBuffer> => Float32Array.from({ length: n }, () => source.next().value as number)

export const parametersOf = (spec: NetworkSpec): Map<string, Float32Array<ArrayBuffer>> => {
  const source = numbers(7)
  return new Map(
    [...parameterShapes(spec)].map(([name, shape]) => [
      name,
      some(
        shape.reduce((n, size) => n * size, 1),
        source,
      ),
    ]),
  )
}
