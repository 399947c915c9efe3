// Arrays of a file by name.
import { checkMap, show, SluiceError } from '../../errors'
import { checkTensor, type FloatTensor } from '../safetensors'

/** Takes arrays of a file by name, for `fromArrays`: `const at = arraysOf(await readNpz(bytes))`, then `at('enc_w_ih')`. An array that the file does
 * not have is an error, so that a name misspelt is not left out.
 * @param tensors by name, as `readNpz`, `readSafetensors(bytes).tensors`, `readOnnxTensors`, `readKerasTensors` and `loadCheckpoint` give them
 * @param prefix what every name begins with, such as 'decoder.'
 * @returns a function that throws SluiceError `bad-file` for a name that the file does not have
 * @throws SluiceError `bad-value` for anything but a Map of tensors, or a prefix that is no text. */
export function arraysOf(tensors: ReadonlyMap<string, FloatTensor>, prefix = ''): (name: string) => Float32Array {
  const file = new Map(checkMap('tensors', tensors, 'from name to tensor, such as the result of await readNpz(bytes)'))
  if (typeof prefix !== 'string') throw new SluiceError('bad-value', `prefix is ${show(prefix)}, expected what the names begin with, such as 'decoder.'`)
  return (name) => {
    const tensor = file.get(`${prefix}${name}`)
    if (!tensor) {
      const some = [...file.keys()].filter((key) => key.startsWith(prefix))
      throw new SluiceError(
        'bad-file',
        `the file has no array ${show(`${prefix}${name}`)}. It has ${(some.length > 0 ? some : [...file.keys()]).slice(0, 24).join(', ').slice(0, 600) || 'none'}`,
      )
    }
    return checkTensor(name, tensor).values
  }
}
