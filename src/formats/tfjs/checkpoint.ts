// Checkpoints of deeplearn.js, which TensorFlow.js grew out of: manifest.json, and a file of float32 for each tensor.
import { checkBytes } from '../../bytes'
import { show } from '../../errors'
import { badFile, listOf, objectOf } from '../keras/layers'
import type { FloatTensor } from '../safetensors'
import { openFiles, type FileSource } from './source'

/** The tensors by name of a checkpoint that deeplearn.js's scripts made of one of TensorFlow 1, as ml5's charRNN has: manifest.json with
 * `{ name: { filename, shape } }`, and a file for each. Take them with `arraysOf` and `fromArrays` of `sluice/formats/raw`.
 * @param source the address of manifest.json, or a function that reads a file by its name
 * @throws SluiceError `bad-file` for what is no such manifest, and for files of another size or that cannot be fetched; `bad-value` for another
 * source. What the function throws is passed on. */
export async function loadCheckpoint(source: FileSource): Promise<Map<string, FloatTensor>> {
  const { json, read } = await openFiles(source, 'manifest.json')
  const tensors = new Map<string, FloatTensor>()
  for (const [name, entry] of Object.entries(json)) {
    const what = name.slice(0, 80)
    const { filename, shape: came } = objectOf(`${what} of manifest.json`, entry)
    const shape = listOf(`the shape of ${what}`, came)
    if (typeof filename !== 'string' || !shape.every((size): size is number => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
      throw badFile(`${what} of manifest.json is ${show(JSON.stringify(entry))}, expected { filename, shape }. Is it the manifest of a checkpoint?`)
    const bytes = checkBytes(filename.slice(0, 80), await read(filename))
    const count = shape.reduce((n, size) => n * size, 1)
    if (bytes.length !== 4 * count)
      throw badFile(`${filename.slice(0, 80)} has ${bytes.length} bytes, expected ${4 * count} for the shape [${shape.join(', ')}] of ${what}. Was it cut off?`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    tensors.set(name, { shape, values: Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true)) })
  }
  return tensors
}
