// A training that goes on under PyTorch: the folder that `sluice export --torch` writes, and the way back from it.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.mjs'
import { readBytes, writeWhole } from '../files.mjs'

/** @typedef {import('../internals.ts').ModelFile} ModelFile */
/** @typedef {import('../internals.ts').FloatTensor} FloatTensor */
/** @typedef {typeof import('../internals.ts')} Tools */

/** Names of the modules in the script. */
const names = { prefix: 'rnn.', head: 'head.', embedding: 'embedding.' }
/** The optimizer state in Sluice and in PyTorch. */
const adamState = { mean: 'exp_avg', square: 'exp_avg_sq' }

/**
 * @param {ModelFile} model
 * @param {{ folder: string, text: string, rate: number, schedule: string, clip: number, steps: number | undefined }} how `steps`: to train in all
 * @param {Tools} tools
 */
export function writeTorchRun(model, { folder, text, rate, schedule, clip, steps }, tools) {
  const { spec, parameters, training, vocabulary } = model
  const loop = /** @type {any} */ (training?.loop)
  if (model.model !== 'TextModel' || !training || !loop)
    throw new UserError(
      `The file has ${model.model === 'TextModel' ? 'a model without its training' : `a ${model.model}`}, expected a training of a text model, as sluice train saves it.`,
    )
  if (training.optimizer !== 'adam') throw new UserError(`The optimizer of the training is ${training.optimizer}, expected adam or adamW.`)
  if (loop.options.partition !== 'sequential') throw new UserError(`The partition of the training is ${loop.options.partition}, expected sequential.`)
  const layer = spec.layers[0]
  if (
    !layer ||
    !('cell' in layer) ||
    spec.layers.some((other) => !('cell' in other) || other.cell !== layer.cell || other.hidden !== layer.hidden || other.bias !== layer.bias)
  )
    throw new UserError('The layers of the network differ, expected layers of one cell and size: nn.LSTM and its kin have one for all.')
  if (layer.projection !== undefined) throw new UserError('The layers of the network project their states, which the written training does not.')
  mkdirSync(folder, { recursive: true })
  const weights = tools.toPyTorch(/** @type {any} */ (parameters), spec, names)
  const state = new Map()
  for (const [ours, theirs] of Object.entries(adamState)) {
    const values = training.optimizerState.get(ours)
    if (!values) throw new UserError(`The training has no ${ours} of adam. Was the file put together by hand?`)
    for (const [name, tensor] of tools.toPyTorch(/** @type {any} */ (values), spec, names)) state.set(`${theirs}.${name}`, tensor)
  }
  for (const [name, values] of training.carried) {
    const [, l, kind] = name.split('.')
    state.set(`carried.${kind}.${l}`, { shape: [training.batch, layer.hidden], values: new Float32Array(values) })
  }
  writeWhole(join(folder, 'model.safetensors'), tools.writeSafetensors(weights, { format: 'pt' }))
  writeWhole(join(folder, 'optimizer.safetensors'), tools.writeSafetensors(state, { format: 'pt' }))
  writeWhole(join(folder, 'corpus.txt'), text)
  const { batch, steps: window, seed, characters } = loop.options
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0 } = training.settings ?? {}
  const config = {
    cell: layer.cell,
    hidden: layer.hidden,
    layers: spec.layers.length,
    two_biases: layer.bias === 'two',
    embedding: 'ids' in spec.input ? (spec.input.embedding ?? 0) : 0,
    dropout: spec.dropout ?? 0,
    vocabulary: /** @type {any} */ (vocabulary).characters,
    batch,
    window,
    seed,
    characters,
    rate,
    schedule,
    clip,
    betas: [beta1, beta2],
    epsilon,
    decay,
    step: training.step,
    until: steps ?? training.step + 1000,
    position: loop.place,
    // For the way back.
    sluice: { spec: tools.completeSpec(spec), vocabulary, settings: training.settings, strategy: training.strategy, options: loop.options },
  }
  writeWhole(join(folder, 'sluice.json'), `${JSON.stringify(config, null, 1)}\n`)
  copyFileSync(fileURLToPath(new URL('train.py', import.meta.url)), join(folder, 'train.py'))
}

/** The model and the training of a folder, as its script left them last.
 * @param {string} folder @param {Tools} tools @returns {ModelFile} */
export function readTorchRun(folder, tools) {
  const config = JSON.parse(readFileSync(join(folder, 'sluice.json'), 'utf8'))
  const { spec, vocabulary, settings, strategy, options } = config.sluice
  const model = tools.readSafetensors(readBytes(join(folder, 'model.safetensors'))).tensors
  const state = tools.readSafetensors(readBytes(join(folder, 'optimizer.safetensors'))).tensors
  if (!existsSync(join(folder, 'train.py'))) throw new UserError(`${JSON.stringify(folder)} has no train.py, expected a folder of sluice export --torch.`)
  const group = (/** @type {string} */ prefix) =>
    new Map([...state].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])))
  const optimizerState = new Map(
    Object.entries(adamState).map(([ours, theirs]) => [ours, tools.fromPyTorch(/** @type {any} */ (group(`${theirs}.`)), spec, names)]),
  )
  const carried = new Map(
    [...group('carried.')].map(([name, tensor]) => {
      const [kind, l] = String(name).split('.')
      return [`layers.${l}.${kind}`, /** @type {any} */ (tensor).values]
    }),
  )
  const { epoch } = config.position
  return {
    model: 'TextModel',
    spec,
    parameters: tools.fromPyTorch(/** @type {any} */ (model), spec, names),
    vocabulary,
    training: {
      step: config.step,
      optimizer: 'adam',
      ...(settings && { settings }),
      ...(strategy && { strategy }),
      batch: options.batch,
      optimizerState,
      carried,
      loop: { options, place: config.position, tally: { epoch, sum: 0, count: 0 }, pending: [] },
    },
  }
}
