// The tensors of an ONNX model by name, for a network that fromOnnx does not read whole.
import { checkBytes } from '../../bytes'
import type { FloatTensor } from '../safetensors'
import { constantOf } from './constants'
import { readModel, type ModelMessage } from './messages'

/** The tensors of an ONNX model by name: its initializers and constants, those in branches and loops among them. For a model of which Sluice has a part
 * alone: take its recurrent layers out with `arraysOf` and `fromArrays` of `sluice/formats/raw`. The values are in float32; those of other
 * numbers are rounded.
 * @throws SluiceError `bad-file` for what is no ONNX model. The values of a tensor throw `bad-file` when they are read, where they lie in another
 * file or have a type without numbers. */
export function readOnnxTensors(bytes: Uint8Array | ArrayBuffer): Map<string, FloatTensor> {
  const tensors = new Map<string, FloatTensor>()
  const take = ({ nodes, initializers }: Pick<ModelMessage, 'nodes' | 'initializers'>): void => {
    const named = [
      ...initializers.map((tensor) => [tensor.name, tensor] as const),
      ...nodes.flatMap(({ op, outputs, attributes }) => (op === 'Constant' ? attributes.flatMap(({ t }) => (t ? [[outputs[0] ?? '', t] as const] : [])) : [])),
    ]
    for (const [name, tensor] of named)
      tensors.set(name, {
        shape: tensor.dims,
        get values() {
          return Float32Array.from(constantOf({ ...tensor, name }).values)
        },
      })
    for (const { attributes } of nodes) for (const { graph } of attributes) if (graph) take(graph)
  }
  take(readModel(checkBytes('bytes', bytes)))
  return tensors
}
