// Writes the files of Keras 3: `.keras`, and `.weights.h5` for a model that is there already.
import { checkOptions } from '../../errors'
import { inputSize, type NetworkSpec } from '../../spec'
import type { FloatTensor } from '../safetensors'
import { writeHdf5 } from './hdf5'
import { layersFrom, metadataOf, writeOptionNames, type ToKerasOptions, type WrittenLayer } from './write'
import { writeZip } from '../zip'

/** The network as a `.keras` file, for `keras.models.load_model`. Its input is [B, T]: ids, or [B, T, I]: features, or one-hot vectors where
 * the network reads ids without an embedding.
 * @param parameters the result of `network.readParameters()`
 * @throws SluiceError `bad-value` for a network that Keras does not have, a parameter that is not finite, or where the package h5wasm is not
 * installed; `bad-shape` for parameters of another network. */
export async function toKeras(
  parameters: ReadonlyMap<string, Float32Array>,
  spec: NetworkSpec,
  options: ToKerasOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const checked = checkOptions('options', options, "{ after: ['softmax'] }", writeOptionNames)
  const layers = layersFrom(parameters, spec, checked)
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return writeZip(
    new Map([
      ['metadata.json', text({ keras_version: '3.0.0', date_saved: '', ...metadataOf(spec, checked) })],
      ['config.json', text(modelOf(layers, spec))],
      ['model.weights.h5', await weightsFile(layers)],
    ]),
  )
}

/** The weights alone, as a `.weights.h5` file, for `model.load_weights` of a Keras model with the same layers.
 * @param parameters the result of `network.readParameters()`
 * @throws SluiceError as `toKeras`: `bad-value`, `bad-shape`. */
export async function toKerasWeights(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec): Promise<Uint8Array<ArrayBuffer>> {
  return weightsFile(layersFrom(parameters, spec, {}))
}

function weightsFile(layers: readonly WrittenLayer[]): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = new Map<string, FloatTensor>()
  for (const { name, weights } of layers) {
    const counts = new Map<string, number>()
    for (const { direction, isCell, shape, values } of weights) {
      const folder = ['layers', name, ...(direction ? [`${direction}_layer`] : []), ...(isCell ? ['cell'] : []), 'vars'].join('/')
      const count = counts.get(folder) ?? 0
      counts.set(folder, count + 1)
      tensors.set(`${folder}/${count}`, { shape, values })
    }
  }
  return writeHdf5(tensors, ['vars', ...layers.map(({ name }) => `layers/${name}/vars`)])
}

/** The description of a Sequential. */
export function modelOf(layers: readonly WrittenLayer[], spec: NetworkSpec): unknown {
  const shape = 'ids' in spec.input && spec.input.embedding ? [null, null] : [null, null, inputSize(spec, 0)]
  const isIds = shape.length === 2
  const entry = (className: string, config: object) => ({ module: 'keras.layers', class_name: className, config, registered_name: null })
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      layers: [
        entry('InputLayer', { batch_shape: shape, dtype: isIds ? 'int32' : 'float32', sparse: false, name: 'input_layer' }),
        ...layers.map(({ className, config, wraps }) => entry(className, wraps ? { ...config, layer: entry(wraps.className, wraps.config) } : config)),
      ],
      build_input_shape: shape,
    },
    registered_name: 'Sequential',
    build_config: { input_shape: shape },
    compile_config: null,
  }
}
