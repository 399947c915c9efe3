// A training as data, without a GPU.
import { parameterShapes } from '../../src/spec'
import type { NetworkSpec } from '../../src/spec'
import type { ModelFile } from '../../src/formats/model-file'
import { Random } from '../../src/random'
import { Vocabulary } from '../../src/text/vocabulary'

export const text = 'the mill stood still by the water, and the water ran on. '.repeat(30)

/** A text model after `step` steps, with random numbers everywhere. */
export function savedTraining(cell: 'lstm' | 'gru-reset-after' | 'rnn', { layers = 2, hidden = 6, batch = 4, steps = 8, step = 5 } = {}): ModelFile {
  const vocabulary = Vocabulary.fromText(text)
  const V = vocabulary.size
  const spec: NetworkSpec = { input: { ids: V, embedding: 5 }, layers: Array.from({ length: layers }, () => ({ cell, hidden })), head: { classes: V } }
  const random = new Random(3)
  const values = (scale: number, least: number) =>
    new Map(
      [...parameterShapes(spec)].map(([name, shape]) => [
        name,
        Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => least + scale * random.uniform()),
      ]),
    )
  const states = cell === 'lstm' ? ['h', 'c'] : ['h']
  const carried = new Map(
    spec.layers.flatMap((_, l) =>
      states.map((state) => [`layers.${l}.${state}`, Float32Array.from({ length: batch * hidden }, () => random.uniform() - 0.5)] as const),
    ),
  )
  const characters = Math.floor([...text].length * 0.9)
  return {
    model: 'TextModel',
    spec,
    parameters: values(0.6, -0.3),
    vocabulary: vocabulary.toJSON(),
    training: {
      step,
      optimizer: 'adam',
      settings: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
      batch,
      optimizerState: new Map([
        ['mean', values(0.02, -0.01)],
        ['square', values(1e-4, 1e-6)],
      ]),
      carried,
      loop: {
        options: { batch, steps, partition: 'sequential', seed: 2, characters, text: 1 },
        place: { epoch: 0, taken: step, drawn: 0 },
        tally: { epoch: 0, sum: 0, count: 0 },
        pending: [],
      },
    },
  }
}
