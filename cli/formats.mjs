// The formats of `sluice convert`: a row each. A row reads a file into a model as data, or writes one, or both.
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from './errors.mjs'
import { readBytes, writeWhole } from './files.mjs'
import { readTorchRun } from './torch/run.mjs'

/** @typedef {import('./internals.ts').ModelFile} ModelFile */
/** @typedef {typeof import('./internals.ts')} Tools */

/**
 * @typedef {object} Format
 * @property {string} name
 * @property {string} about
 * @property {(path: string, tools: Tools) => boolean} is whether the file at a path has this format; asked in the order of the table
 * @property {readonly string[]} [endings] of names of files that are written in it
 * @property {((path: string, tools: Tools, hints: { cell?: string | undefined }) => ModelFile | Promise<ModelFile>)} read
 * @property {((path: string, model: ModelFile, tools: Tools) => void | Promise<void>)} [write]
 */

/** Names of the modules in PyTorch. */
export const names = { prefix: 'rnn.', head: 'head.', embedding: 'embedding.' }

/** @param {string} path @param {Tools} tools */
const metadataOf = (path, tools) => (isFolder(path) ? undefined : tools.readSafetensors(readBytes(path)).metadata)
/** @param {string} path */
const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** What another format has beside the network: its vocabulary as text.
 * @param {ModelFile} file @returns {Record<string, string>} */
const metadataFor = ({ model, vocabulary }) => (vocabulary ? { 'sluice-vocabulary': JSON.stringify({ model, vocabulary }) } : {})
/** @param {{ spec: ModelFile['spec'], parameters: ModelFile['parameters'], metadata: ReadonlyMap<string, string> }} found @returns {ModelFile} */
function withVocabulary({ spec, parameters, metadata }) {
  const own = metadata.get('sluice-vocabulary')
  return own === undefined ? { model: 'Network', spec, parameters } : { ...JSON.parse(own), spec, parameters }
}
/** @param {ModelFile} file @returns {Map<string, Float32Array<ArrayBuffer>>} */
const parametersOf = ({ parameters }) => /** @type {any} */ (parameters)

/** @type {readonly Format[]} */
export const formats = [
  {
    name: 'torch-run',
    about: 'a folder of sluice export --torch, after its training',
    is: (path) => isFolder(path) && existsSync(join(path, 'sluice.json')),
    read: readTorchRun,
  },
  {
    name: 'onnx',
    about: 'a model of ONNX (.onnx) with RNN, GRU or LSTM',
    endings: ['.onnx'],
    is: (path) => !isFolder(path) && path.endsWith('.onnx'),
    read: (path, tools) => withVocabulary(tools.fromOnnx(readBytes(path))),
    write(path, model, tools) {
      writeWhole(path, tools.toOnnx(parametersOf(model), model.spec, { metadata: metadataFor(model) }))
    },
  },
  {
    name: 'keras',
    about: 'a model of Keras (.keras, .h5) with SimpleRNN, GRU or LSTM; needs the package h5wasm',
    endings: ['.keras'],
    is: (path) => !isFolder(path) && /\.(keras|h5)$/.test(path),
    read: async (path, tools) => withVocabulary(await tools.fromKeras(readBytes(path))),
    async write(path, model, tools) {
      writeWhole(path, await tools.toKeras(parametersOf(model), model.spec, { metadata: metadataFor(model) }))
    },
  },
  {
    name: 'tfjs',
    about: 'a layers model of TensorFlow.js: model.json, and its weights beside it',
    endings: ['.json'],
    is: (path) => !isFolder(path) && path.endsWith('.json'),
    read: async (path, tools) => withVocabulary(await tools.loadTfjs((name) => readBytes(name === 'model.json' ? path : join(dirname(path), name)))),
    write(path, model, tools) {
      const weights = basename(path).replace(/\.json$/, '.bin')
      for (const [name, bytes] of tools.tfjsFiles(tools.toTfjs(parametersOf(model), model.spec, { metadata: metadataFor(model) }), weights))
        writeWhole(name === weights ? join(dirname(path), name) : path, bytes)
    },
  },
  {
    name: 'sluice',
    about: 'a model of Sluice, with its training if it has one (.safetensors)',
    is: (path, tools) => metadataOf(path, tools)?.format === 'sluice',
    read: (path, tools) => tools.readModelFile(readBytes(path)),
    write: (path, model, tools) => writeWhole(path, tools.writeModelFile(model)),
  },
  {
    name: 'pytorch',
    about: 'a state_dict of PyTorch (.safetensors); nn.RNN, GRU or LSTM',
    is: (path, tools) => metadataOf(path, tools) !== undefined,
    read(path, tools, { cell }) {
      const { tensors, metadata } = tools.readSafetensors(readBytes(path))
      // One that Sluice wrote says what network it is.
      const own = metadata.sluice === undefined ? undefined : JSON.parse(metadata.sluice)
      const { spec, names: found } = own ? { spec: own.spec, names } : described(tensors, tools, cell)
      const parameters = tools.fromPyTorch(tensors, spec, found)
      return { model: own?.model ?? 'Network', spec, parameters, ...(own?.vocabulary && { vocabulary: own.vocabulary }) }
    },
    write(path, { model, spec, parameters, vocabulary }, tools) {
      const tensors = tools.toPyTorch(/** @type {any} */ (parameters), spec, names)
      writeWhole(path, tools.writeSafetensors(tensors, { format: 'pt', sluice: JSON.stringify({ model, spec: tools.completeSpec(spec), vocabulary }) }))
    },
  },
]

/** The format of a file. @param {string} path @param {Tools} tools */
export function formatOf(path, tools) {
  if (!existsSync(path)) throw new UserError(`There is no file ${JSON.stringify(path)}. Check the path.`)
  const format = formats.find(({ is }) => is(path, tools))
  if (!format) throw new UserError(`${JSON.stringify(path)} is a folder without sluice.json, expected a file, or a folder of sluice export --torch.`)
  return format
}

/** The network of somebody else's state_dict. One that has as many inputs as classes reads ids as one-hot vectors; another one without an
 * embedding makes numbers of numbers.
 * @param {Parameters<Tools['describePyTorch']>[0]} tensors @param {Tools} tools @param {string | undefined} cell */
function described(tensors, tools, cell) {
  const rnn = cell === 'rnn-relu' ? 'rnn-relu' : 'rnn'
  const first = tools.describePyTorch(tensors, { rnn })
  const { input, head } = first.spec
  if (!('features' in input) || !head || !('classes' in head)) return first
  return tools.describePyTorch(tensors, { rnn, ...(head.classes === input.features ? { oneHot: true } : { output: 'numbers' }) })
}
