// What a file says of a network: nothing of what came later where it is the default, so that files of before have the same text; and all of it
// where it is not.
import { expect, test } from 'vitest'
import { readModelFile, writeModelFile } from '../src/formats/model-file'
import { completeSpec, inputSize, parameterShapes, type LayerSpec, type NetworkSpec } from '../src/spec'

test('a network of usual layers is described as before there were others', () => {
  const usual: LayerSpec = { cell: 'gru', hidden: 3, bidirectional: true }
  const explicit = {
    ...usual,
    merge: 'concat',
    backwards: false,
    recurrentActivation: 'sigmoid',
    activation: 'tanh',
    inputDropout: 0,
    recurrentDropout: 0,
  } as const
  const described = { cell: 'gru', hidden: 3, bidirectional: true, bias: true, peepholes: false, learnInitial: false }
  for (const layer of [usual, explicit])
    expect(JSON.stringify(completeSpec({ input: { ids: 5 }, layers: [layer] }))).toBe(JSON.stringify({ input: { ids: 5 }, layers: [described], dropout: 0 }))
})

test('every option comes back from a file, with the parameters', () => {
  const spec: NetworkSpec = {
    input: { features: 2 },
    layers: [
      { cell: 'lstm', hidden: 3, backwards: true, recurrentActivation: 'hard-sigmoid-0.2', activation: 'relu' },
      { cell: 'gru', hidden: 3, bidirectional: true, merge: 'product', recurrentActivation: 'hard-sigmoid', inputDropout: 0.2, recurrentDropout: 0.3 },
    ],
    head: { numbers: 1 },
  }
  expect(parameterShapes(spec).get('head.W')).toEqual([3, 1])
  expect(inputSize(spec, 1)).toBe(3)
  const parameters = new Map(
    [...parameterShapes(spec)].map(([name, shape], n) => [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => n + i / 7)]),
  )
  const read = readModelFile(writeModelFile({ model: 'Network', spec, parameters }))
  expect(read.spec).toEqual(completeSpec(spec))
  expect(read.parameters).toEqual(parameters)
})
