// Writes a network as a layers model of TensorFlow.js.
import { checkBytes } from '../../bytes'
import { checkSpec } from '../../check-spec'
import { checkObject, checkOptions, readSafely, show, SluiceError } from '../../errors'
import { completeSpec, inputSize, type NetworkSpec } from '../../spec'
import { layersFrom, metadataOf, writeOptionNames, type ToKerasOptions } from '../keras/write'
import type { TfjsWeight } from './weights'

/** A model in memory: `tf.loadLayersModel(tf.io.fromMemory(artifacts))`. */
export interface TfjsArtifacts {
  readonly format: 'layers-model'
  readonly generatedBy: string
  readonly convertedBy: null
  readonly modelTopology: object
  readonly weightSpecs: TfjsWeight[]
  readonly weightData: ArrayBuffer
  readonly userDefinedMetadata: object
}

/** The network as a layers model. Its input is [B, T]: ids, or [B, T, I]: features, or one-hot vectors where the network reads ids without an
 * embedding.
 * @param parameters the result of `network.readParameters()`
 * @throws SluiceError `bad-value` for a network that TensorFlow.js does not have, or a parameter that is not finite; `bad-shape` for parameters
 * of another network. */
export function toTfjs(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, options: ToKerasOptions = {}): TfjsArtifacts {
  const how = checkOptions('options', options, "{ after: ['softmax'] }", writeOptionNames)
  const layers = layersFrom(parameters, spec, how, 'tfjs')
  const checked = completeSpec(checkSpec(spec))
  const weightSpecs: TfjsWeight[] = []
  const values: Float32Array[] = []
  for (const { name, wraps, weights } of layers)
    for (const weight of weights) {
      const inner = weight.direction ? `${weight.direction}_${wraps!.name}/` : ''
      weightSpecs.push({ name: `${name}/${inner}${weight.name}`, shape: [...weight.shape], dtype: 'float32' })
      values.push(weight.values)
    }
  const isIds = 'ids' in checked.input && checked.input.embedding !== undefined
  const input = {
    batch_input_shape: isIds ? [null, null] : [null, null, inputSize(checked, 0)],
    dtype: isIds ? 'int32' : 'float32',
    sparse: false,
    name: 'input',
  }
  const entry = (className: string, config: object) => ({ class_name: className, config })
  return {
    format: 'layers-model',
    generatedBy: 'Sluice',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'sequential',
        layers: [
          entry('InputLayer', input),
          ...layers.map(({ className, config, wraps }) => entry(className, wraps ? { ...config, layer: entry(wraps.className, wraps.config) } : config)),
        ],
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightSpecs,
    weightData: littleEndian(values),
    userDefinedMetadata: metadataOf(spec, how),
  }
}

function littleEndian(arrays: readonly Float32Array[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(4 * arrays.reduce((sum, { length }) => sum + length, 0)))
  let at = 0
  for (const values of arrays)
    for (const value of values) {
      view.setFloat32(at, value, true)
      at += 4
    }
  return view.buffer
}

/** The files of a model, by name: `model.json` and `weights.bin`, for `tf.loadLayersModel(address of model.json)`.
 * @param weights the name of the file with the weights, which model.json refers to
 * @throws SluiceError `bad-value` for anything but the result of `toTfjs`, or a name that is no text. */
export function tfjsFiles(artifacts: TfjsArtifacts, weights = 'weights.bin'): Map<string, Uint8Array<ArrayBuffer>> {
  checkObject('artifacts', artifacts, 'the result of toTfjs')
  if (typeof weights !== 'string' || weights === '' || weights === 'model.json')
    throw new SluiceError('bad-value', `weights is ${show(weights)}, expected the name of a file, such as 'weights.bin'`)
  const { weightData, weightSpecs, ...rest } = readSafely('artifacts', artifacts, () => ({ ...artifacts }))
  const bytes = checkBytes('weightData', weightData) as Uint8Array<ArrayBuffer>
  const json = { ...rest, weightsManifest: [{ paths: [weights], weights: weightSpecs }] }
  return new Map([
    ['model.json', new TextEncoder().encode(readSafely('artifacts', artifacts, () => JSON.stringify(json)))],
    [weights, bytes],
  ])
}
