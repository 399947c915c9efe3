// Reads the layers models of TensorFlow.js: its artifacts in memory, or model.json with its shards.
import { checkBytes } from '../../bytes'
import { checkList, checkObject, checkOptions, readSafely, show } from '../../errors'
import { badFile, layersOf, listOf, objectOf } from '../keras/layers'
import { namedWeights } from '../keras/named-weights'
import type { KerasNetwork, KerasOptions } from '../keras/network'
import { checkKerasOptions, networkOf, optionNames } from '../keras/read'
import { textsOf } from '../keras/saved'
import { openFiles, type FileSource } from './source'
import { decodeWeights } from './weights'

/** A model in memory, as TensorFlow.js hands it to its io handlers: `model.save(tf.io.withSaveHandler(async (artifacts) => …))`. */
export interface TfjsSource {
  /** The layers, or the model.json's part of that name. */
  readonly modelTopology?: unknown
  /** The weights in the order of their bytes. */
  readonly weightSpecs?: readonly unknown[]
  /** Their bytes, or those of the shards in order. */
  readonly weightData?: ArrayBuffer | Uint8Array | readonly (ArrayBuffer | Uint8Array)[]
  /** Where `toTfjs` writes what the layers do not say. */
  readonly userDefinedMetadata?: object
}

/** The network of a layers model of TensorFlow.js, from its artifacts.
 *
 * It takes the layers that `fromKeras` takes, of models that TensorFlow.js saved and of those that its converter made of Keras models.
 * @throws SluiceError `bad-file` for what is no layers model, has other weights than it says, or is a network that Sluice does not have, with
 * the layer and the reason; `bad-value` for a wrong option. */
export function fromTfjs(artifacts: TfjsSource, options: KerasOptions = {}): KerasNetwork {
  checkObject('artifacts', artifacts, '{ modelTopology, weightSpecs, weightData }')
  const checked = checkKerasOptions(checkOptions('options', options, "{ head: 'classes' }", optionNames))
  const { modelTopology, weightSpecs, weightData, metadata } = readSafely('artifacts', artifacts, () => {
    const { modelTopology, weightSpecs, weightData, userDefinedMetadata } = artifacts
    const topology = objectOf('modelTopology', modelTopology)
    const specs = checkList('weightSpecs', weightSpecs!, 'of the names, shapes and types of the weights')
    // A copy as plain data, so that nothing changes between check and use.
    const plain = JSON.parse(JSON.stringify({ topology, specs })) as Record<string, unknown>
    return { modelTopology: objectOf('modelTopology', plain.topology), weightSpecs: plain.specs, weightData, metadata: textsOf(userDefinedMetadata) }
  })
  const isList = readSafely('weightData', weightData, () => Array.isArray(weightData))
  const shards = isList ? checkList('weightData', weightData as readonly unknown[], 'of the bytes of the shards') : [weightData]
  const parts = shards.map((part, i) => checkBytes(isList ? `weightData[${i}]` : 'weightData', part))
  const { keras_version: version } = modelTopology
  const weights = namedWeights(decodeWeights(weightSpecs, joined(parts)))
  return networkOf(layersOf(modelTopology), weights, checked, typeof version === 'string' ? version : '2', metadata)
}

/** The network of a layers model of TensorFlow.js, from its files.
 * @param source the address of model.json, or a function that reads a file by its name: first 'model.json', then the shards that it names
 * @throws SluiceError as `fromTfjs`: `bad-file`, also for files that cannot be fetched; `bad-value`. What the function throws is passed on. */
export async function loadTfjs(source: FileSource, options: KerasOptions = {}): Promise<KerasNetwork> {
  const { json, read } = await openFiles(source, 'model.json')
  const { modelTopology, weightsManifest, userDefinedMetadata, format } = json
  if (modelTopology === undefined || modelTopology === null || format === 'graph-model')
    throw badFile(
      'model.json is of a graph model, which has operators and no layers. Convert the Keras model with --output_format=tfjs_layers_model, or save it as .keras',
    )
  const groups = listOf('weightsManifest of model.json', weightsManifest).map((group, i) => objectOf(`group ${i} of the weights`, group))
  const weightData: Uint8Array[] = []
  for (const { paths } of groups)
    for (const path of listOf('paths of the weights', paths)) {
      if (typeof path !== 'string') throw badFile(`a path of the weights is ${show(path)}, expected the name of a file`)
      weightData.push(checkBytes(path.slice(0, 80), await read(path)))
    }
  const weightSpecs = groups.flatMap(({ weights }) => listOf('weights of model.json', weights))
  return fromTfjs(
    { modelTopology, weightSpecs, weightData, ...(typeof userDefinedMetadata === 'object' && userDefinedMetadata && { userDefinedMetadata }) },
    options,
  )
}

/** Of one part, itself. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
