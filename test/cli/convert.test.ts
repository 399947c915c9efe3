// Conversions and the contents of files, as data: no GPU.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as tools from '../../cli/internals'
import { formatOf, formats } from '../../cli/formats.mjs'
import { writeTorchRun } from '../../cli/torch/run.mjs'
import { recurrentLayers } from '../../src/spec'
import { temporaryFolder } from '../launch/folder'
import { savedTraining, text } from './model'

const folder = temporaryFolder()
const format = (name: string) => formats.find((one) => one.name === name)!
const numbers = (values: ReadonlyMap<string, Float32Array>) => [...values].map(([name, array]) => [name, [...array]])

test.each(['lstm', 'gru-reset-after', 'rnn'] as const)('%s: from Sluice to PyTorch and back, every weight is the same', async (cell) => {
  const model = savedTraining(cell)
  const [ours, theirs] = [join(folder(), 'ours.safetensors'), join(folder(), 'theirs.safetensors')]
  await format('sluice').write!(ours, model, tools)
  expect(formatOf(ours, tools).name).toBe('sluice')
  await format('pytorch').write!(theirs, await formatOf(ours, tools).read(ours, tools, {}), tools)
  expect(formatOf(theirs, tools).name).toBe('pytorch')
  const back = await format('pytorch').read(theirs, tools, {})
  expect(back.model).toBe('TextModel')
  expect(back.vocabulary).toEqual(model.vocabulary)
  expect(numbers(back.parameters)).toEqual(numbers(model.parameters))
})

test('a state_dict of somebody else is described by its shapes', async () => {
  const { spec, parameters } = savedTraining('lstm')
  const file = join(folder(), 'other.safetensors')
  const tensors = tools.toPyTorch(parameters as Map<string, Float32Array>, spec, { prefix: 'net.lstm.', head: 'fc.', embedding: 'emb.' })
  writeFileSync(file, tools.writeSafetensors(tensors))
  const found = await format('pytorch').read(file, tools, {})
  expect(found.model).toBe('Network')
  expect(found.spec).toMatchObject({
    input: spec.input,
    layers: recurrentLayers(spec).map(({ layer: { cell, hidden } }) => ({ cell, hidden })),
    head: spec.head,
  })
  expect([...found.parameters.get('head.W')!]).toEqual([...parameters.get('head.W')!])
})

test.each(['lstm', 'gru-reset-after'] as const)('%s: a training goes to a folder for PyTorch, and comes back as it was', async (cell) => {
  const model = savedTraining(cell)
  const run = join(folder(), 'run')
  writeTorchRun(model, { folder: run, text, rate: 0.01, schedule: 'constant', clip: 1, steps: undefined }, tools)
  expect(formatOf(run, tools).name).toBe('torch-run')
  const back = await format('torch-run').read(run, tools, {})
  expect(numbers(back.parameters)).toEqual(numbers(model.parameters))
  expect({ ...back.training, optimizerState: [], carried: [] }).toEqual({ ...model.training, optimizerState: [], carried: [] })
  for (const name of ['mean', 'square']) expect(numbers(back.training!.optimizerState.get(name)!)).toEqual(numbers(model.training!.optimizerState.get(name)!))
  expect(numbers(back.training!.carried)).toEqual(expect.arrayContaining(numbers(model.training!.carried)))
  // A file of Sluice takes it.
  tools.readModelFile(tools.writeModelFile(back))
})

test('what cannot go on there says why', () => {
  const model = savedTraining('lstm')
  const how = { folder: join(folder(), 'none'), text, rate: 0.01, schedule: 'constant', clip: 1, steps: undefined }
  const { training, ...rest } = model
  expect(() => writeTorchRun(rest, how, tools)).toThrow(/^The file has a model without its training, expected a training of a text model/)
  expect(() => writeTorchRun({ ...model, training: { ...training!, optimizer: 'rmsprop' } }, how, tools)).toThrow(
    /^The optimizer of the training is rmsprop, expected adam/,
  )
})

test('a file of nothing known, and a folder of nothing, say so', () => {
  writeFileSync(join(folder(), 'poem.txt'), 'still waters run deep')
  expect(() => formatOf(join(folder(), 'poem.txt'), tools)).toThrow(/safetensors/)
  mkdirSync(join(folder(), 'empty'))
  expect(() => formatOf(join(folder(), 'empty'), tools)).toThrow(/is a folder without sluice\.json/)
  expect(() => formatOf(join(folder(), 'nothing'), tools)).toThrow(/^There is no file/)
})

test.each([
  ['lstm', 'onnx', 'model.onnx'],
  ['gru-reset-after', 'onnx', 'model.onnx'],
  ['rnn', 'onnx', 'model.onnx'],
  ['gru-reset-after', 'keras', 'model.keras'],
  ['lstm', 'tfjs', 'lstm.json'],
] as const)('%s: from Sluice to %s and back, with the vocabulary', async (cell, name, file) => {
  const model = savedTraining(cell)
  const path = join(folder(), file)
  await format(name).write!(path, model, tools)
  expect(formatOf(path, tools).name).toBe(name)
  const back = await format(name).read(path, tools, {})
  expect(back.model).toBe('TextModel')
  expect(JSON.stringify(back.vocabulary)).toBe(JSON.stringify(model.vocabulary))
  expect(tools.completeSpec(back.spec)).toEqual(tools.completeSpec(model.spec))
  expect(numbers(back.parameters)).toEqual(numbers(model.parameters))
})
