// Reads the files of Keras: `.keras`, `.weights.h5`, and the `.h5` of before Keras 3.
import { checkBytes } from '../../bytes'
import { checkOptions, show, SluiceError, type Known } from '../../errors'
import { checkSpec } from '../../check-spec'
import { parameterShapes, type NetworkSpec } from '../../spec'
import type { FloatTensor } from '../safetensors'
import { isHdf5, readHdf5 } from './hdf5'
import { badFile, layersOf, refuse, type KerasLayer } from './layers'
import { namedWeights } from './named-weights'
import type { KerasNetwork, KerasOptions, KerasWeights } from './network'
import { checkKerasOptions, networkOf, optionNames } from './read'
import { textsOf } from './saved'
import { layersFrom } from './write'
import { modelOf } from './write-file'
import { isZip, readZip } from '../zip'

/** Options of `fromKeras`. */
export interface FromKerasOptions extends KerasOptions {
  /** Of a `.weights.h5`, which has no description: the text of `model.to_json()`. */
  readonly config?: string
  /** Or the network: its layers are then those that `toKeras` would write. */
  readonly spec?: NetworkSpec
}

const names = { ...optionNames, config: true, spec: true } satisfies Known<FromKerasOptions>

/** The network of a Keras model: of a `.keras` file, of a `.weights.h5` with its `config` or `spec`, or of an `.h5` with the whole model.
 *
 * It takes SimpleRNN, GRU (reset_after or not), LSTM, RNN of one of their cells, and Bidirectional (concat), stacked; before them an Embedding
 * or Masking; before, between and after them Dense, also in TimeDistributed; and Dropout, Activation, Softmax and ReLU, in a Sequential or a functional model
 * whose layers may be joined by Concatenate.
 * @throws SluiceError `bad-file` for what is no Keras file, is damaged, or is a network that Sluice does not have, with the layer and the
 * reason; `bad-value` for a wrong option, or where the package h5wasm is not installed. */
export async function fromKeras(bytes: Uint8Array | ArrayBuffer, options: FromKerasOptions = {}): Promise<KerasNetwork> {
  const file = checkBytes('bytes', bytes)
  const { config, spec, ...rest } = checkOptions('options', options, "{ head: 'classes' }", names)
  const checked = checkKerasOptions(rest)
  if (config !== undefined && typeof config !== 'string') throw new SluiceError('bad-value', `config is ${show(config)}, expected the text of model.to_json()`)
  if (config !== undefined && spec !== undefined) throw new SluiceError('bad-value', 'the options have both config and spec, expected one of them')
  if (isZip(file)) {
    if (config !== undefined || spec !== undefined)
      throw new SluiceError('bad-value', 'config and spec are for a .weights.h5, but a .keras file came, which has its own. Leave them out')
    return fromArchive(file, checked)
  }
  if (!isHdf5(file))
    throw badFile('the file is neither a .keras file (a zip archive) nor an HDF5 file. Is it the file of a Keras model, and was it read as bytes?')
  const { tensors, texts } = await readHdf5(file)
  const described = texts.get('model_config')
  if (described !== undefined) {
    const weights = new Map(
      [...tensors].flatMap(([path, tensor]) => (path.startsWith('model_weights/') ? [[path.slice('model_weights/'.length), tensor] as const] : [])),
    )
    return networkOf(layersOf(jsonOf('model_config', described)), namedWeights(weights), checked, texts.get('keras_version') ?? '2')
  }
  if (config === undefined && spec === undefined)
    throw new SluiceError(
      'bad-value',
      'the file has weights alone, and not which layers they are of. Pass config, the text of model.to_json(), or the spec of the network',
    )
  const topology = config === undefined ? modelOf(layersFrom(zeros(spec!), spec!, {}), spec!) : jsonOf('config', config)
  return networkOf(layersOf(topology), pathWeights(tensors), checked, '3')
}

/** The arrays of a Keras file by their paths in it, such as `rnn_1/rnn_1/kernel:0` (Keras 2) or `layers/lstm/cell/vars/0`: of an `.h5` of weights or a
 * whole model, a `.weights.h5`, or a `.keras`. For a model of which Sluice has a part alone: take its layers out with `arraysOf` and `fromArrays` of
 * `sluice/formats/raw`.
 * @throws SluiceError `bad-file` for what is no such file; `bad-value` for anything but bytes, or where the package h5wasm is not installed. */
export async function readKerasTensors(bytes: Uint8Array | ArrayBuffer): Promise<ReadonlyMap<string, FloatTensor>> {
  const file = checkBytes('bytes', bytes)
  const weights = isZip(file) ? (await readZip(file)).get('model.weights.h5') : file
  if (!weights) throw badFile('the archive lacks model.weights.h5, which a .keras file has')
  return (await readHdf5(weights)).tensors
}

async function fromArchive(file: Uint8Array, options: KerasOptions): Promise<KerasNetwork> {
  const files = await readZip(file)
  const text = (name: string) => {
    const bytes = files.get(name)
    if (!bytes) throw badFile(`the archive lacks ${name}, which a .keras file has. It has ${[...files.keys()].slice(0, 8).join(', ').slice(0, 200)}`)
    return jsonOf(name, new TextDecoder().decode(bytes))
  }
  const weights = files.get('model.weights.h5')
  if (!weights) throw badFile('the archive lacks model.weights.h5. Was the model saved with other weights (.npz)? Save it again as .keras')
  const metadata = textsOf(text('metadata.json'))
  const { tensors } = await readHdf5(weights)
  return networkOf(layersOf(text('config.json')), pathWeights(tensors), options, metadata.get('keras_version') ?? '3', metadata)
}

const zeros = (spec: NetworkSpec) =>
  new Map([...parameterShapes(checkSpec(spec))].map(([name, shape]) => [name, new Float32Array(shape.reduce((n, size) => n * size, 1))]))

function jsonOf(what: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badFile(`${what} is not JSON: ${show(text)}. Was the file damaged?`, { cause })
  }
}

/** The weights of Keras 3: by the class of the layer and its number among these, not by names. */
function pathWeights(tensors: ReadonlyMap<string, FloatTensor>): KerasWeights {
  const roots = ['layers/', '_layer_checkpoint_dependencies/']
  const own = new Map(
    [...tensors].flatMap(([path, tensor]) => {
      const plain = path.replaceAll('\\', '/')
      const root = roots.find((root) => plain.startsWith(root))
      return root ? [[plain.slice(root.length), tensor] as const] : []
    }),
  )
  const taken = new Set<string>()
  return {
    take(layer: KerasLayer, names, { direction, isWrapped, isCell, stacked }) {
      const parts = [
        layer.path,
        ...(direction ? [`${direction}_layer`] : []),
        ...(isWrapped ? ['layer'] : []),
        ...(isCell ? ['cell'] : []),
        ...(stacked ? ['cells', stacked.path] : []),
      ]
      const folder = [...parts, 'vars'].join('/')
      const more = [...own.keys()].filter((path) => path.startsWith(`${folder}/`)).length - names.length
      if (more > 0)
        throw refuse(layer, `the file has ${more} more weights of it than ${names.join(', ')}. Are the weights those of another model, or quantized?`)
      return names.map((_, i) => {
        taken.add(`${folder}/${i}`)
        return own.get(`${folder}/${i}`)
      })
    },
    checkAllTaken() {
      // Dropout layers store the state of their generator.
      const left = [...own.keys()].filter((path) => !taken.has(path) && !path.includes('seed_generator'))
      if (left.length > 0)
        throw badFile(`the file has weights of no layer of the model: ${left.slice(0, 4).join(', ').slice(0, 200)}. Are the weights those of another model?`)
    },
  }
}
