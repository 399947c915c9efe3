// Converts weights between PyTorch and Sluice: torch.nn.RNN, GRU and LSTM, with nn.Embedding before and nn.Linear before, between and after them.
import { cells } from '../cells'
import { checkSpec } from '../check-spec'
import { checkList, checkMap, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkFinite } from '../finite'
import { isDense, parameterShapes, type NetworkSpec } from '../spec'
import { checkParameters } from './check-parameters'
import { changeOf, missing } from './pytorch-missing'
import { headBias, headWeight, slotsOf, type PyTorchNames, type Slot } from './pytorch-slots'
import { checkTensor, shapeOf, type FloatTensor } from './safetensors'

/** The names in PyTorch, and what of the file to leave out. */
export interface FromPyTorchOptions extends PyTorchNames {
  /** Tensors of the file to leave out, by name or by the beginning of the name (`'decoder.'`). `''`: all that the network does not use,
   * except further tensors of its own layers. Default none: a tensor that nothing reads is an error. */
  readonly ignore?: readonly string[]
}

const nameNames = { prefix: true, head: true, embedding: true } satisfies Known<PyTorchNames>
const optionNames = { ...nameNames, ignore: true } satisfies Known<FromPyTorchOptions>

const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)

/** The parameters of a network from tensors with PyTorch's names, for `network.writeParameters`. To convert only the layers, leave the
 * head out of the description.
 *
 * The names may be those of nn.LSTMCell, nn.GRUCell and nn.RNNCell (`weight_ih` without `_l0`). A head without a bias
 * (nn.Linear(bias=False)) gets a bias of zeros. A head that is tied to the embedding (the file has the weight once) gets a copy.
 * @throws SluiceError `bad-file` for a tensor that is missing, has the wrong shape, is left over, or has a number that is not finite;
 * `bad-value` for a network that PyTorch does not have. */
export function fromPyTorch(
  tensors: ReadonlyMap<string, FloatTensor>,
  spec: NetworkSpec,
  options: FromPyTorchOptions = {},
): Map<string, Float32Array<ArrayBuffer>> {
  const file = new Map(checkMap('tensors', tensors, 'from name to tensor, such as readSafetensors(bytes).tensors'))
  const checked = checkSpec(spec)
  const { ignore = [], ...names } = checkOptions('names', options, "{ prefix: 'lstm.', head: 'fc.' }", optionNames)
  const ignored = checkList('ignore', ignore, "of names or beginnings of names, such as ['decoder.']")
  for (const beginning of ignored)
    if (typeof beginning !== 'string')
      throw new SluiceError('bad-value', `ignore contains ${show(beginning)}, expected names or beginnings of names, such as 'decoder.'`)
  const slots = slotsOf(checked, names)
  // All tensors are checked before anything is allocated in the sizes of the description.
  const found = slots.flatMap((slot) => {
    const source = sourceOf(slot, file, slots)
    if (source === null) return []
    const tensor = checkTensor(source, file.get(source)!)
    checkShape(slot, tensor.shape, checked)
    if (tensor.values.length !== product(slot.shape))
      throw new SluiceError('bad-file', `${source} has ${tensor.values.length} values, expected ${product(slot.shape)} for its shape ${shapeOf(slot.shape)}`)
    checkFinite(source, tensor.values, { code: 'bad-file', advice: 'Was it saved after its training diverged? Use an earlier checkpoint' })
    return [{ slot, source, values: tensor.values }]
  })
  checkLeftOver(file, new Set(found.map(({ source }) => source)), names, ignored)
  const parameters = new Map([...parameterShapes(checked)].map(([name, shape]) => [name, new Float32Array(product(shape))]))
  for (const { slot, values } of found) {
    const columns = slot.shape[1] ?? 1
    for (let i = 0; i < values.length; i++) {
      const [parameter, index] = slot.indexOf(Math.floor(i / columns), i % columns)
      const to = parameters.get(parameter)!
      to[index] = slot.isSecondBias && !parameter.endsWith('.bn') ? to[index]! + values[i]! : values[i]!
    }
  }
  return parameters
}

/** The name in the file of a tensor; null for the bias of a head that has none.
 * @throws SluiceError `bad-file` if the file lacks the tensor, and says why. */
function sourceOf(slot: Slot, file: ReadonlyMap<string, FloatTensor>, slots: readonly Slot[]): string | null {
  if (file.has(slot.name)) return slot.name
  // A cell module (nn.LSTMCell) has the tensors of a layer of one direction, without the suffix.
  const cell = slot.name.replace(/_l0$/, '')
  if (file.has(cell)) return cell
  if (changeOf(slot.name, file)) throw missing(slot, [...file.keys()])
  const [head, bias] = [slots.find(({ description: what }) => what === headWeight), slots.find(({ description: what }) => what === headBias)]
  if (slot === bias && file.has(head!.name)) return null
  if (slot === head && file.has(bias!.name)) {
    const tied = slots.find(({ description: what, shape }) => what === 'embedding' && shape[0] === slot.shape[0] && shape[1] === slot.shape[1])
    if (tied && file.has(tied.name)) return tied.name
  }
  throw missing(slot, [...file.keys()])
}

/** The parameters of a network (the result of `network.readParameters()`) with PyTorch's names and shapes, for `writeSafetensors` and
 * then `load_state_dict`. Where PyTorch has two biases, the second one is zero.
 * @throws SluiceError `bad-value` for a network that PyTorch does not have, or a parameter that is not finite; `bad-shape` for parameters
 * of another network. */
export function toPyTorch(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, options: PyTorchNames = {}): Map<string, FloatTensor> {
  const values = new Map(checkMap('parameters', parameters, 'such as the result of await network.readParameters()'))
  const checked = checkSpec(spec)
  const slots = slotsOf(checked, checkOptions('names', options, "{ prefix: 'lstm.', head: 'fc.' }", nameNames))
  checkParameters(values, checked)
  return new Map(
    slots.map(({ name, shape, indexOf, isSecondBias }) => {
      const columns = shape[1] ?? 1
      const array = Float32Array.from({ length: product(shape) }, (_, i) => {
        const [parameter, index] = indexOf(Math.floor(i / columns), i % columns)
        return isSecondBias && !parameter.endsWith('.bn') ? 0 : values.get(parameter)![index]!
      })
      return [name, { shape, values: array }]
    }),
  )
}

/** `LSTM layer 1: U (weight_hh_l1) is [400, 100], expected [512, 128] (4H × H, H = 128). Was this checkpoint saved …?` */
function checkShape({ name, shape, description: what, shapeText: words }: Slot, came: readonly number[], spec: NetworkSpec): void {
  if (came.length === shape.length && came.every((size, i) => size === shape[i])) return
  const layer = spec.layers[Number(/layer (\d+)/.exec(what)?.[1])]
  const hidden = layer && !isDense(layer) ? (name.includes('weight_hr') ? came[1]! : came[0]! / cells[layer.cell].gates.length) : NaN
  const fits = layer && !isDense(layer) && Number.isInteger(hidden) && hidden !== layer.hidden
  const advice = fits ? `Was this checkpoint saved with hidden = ${hidden}?` : 'Was this checkpoint saved from a network with other cells or sizes?'
  throw new SluiceError('bad-file', `${what} (${name}) is [${came.join(', ')}], expected [${shape.join(', ')}] (${words}). ${advice}`)
}

/** Refuses tensors that nothing reads, unless they are ignored. Tensors of the same module are reported first: another layer, direction
 * or bias. @throws SluiceError `bad-file`. */
function checkLeftOver(file: ReadonlyMap<string, FloatTensor>, read: ReadonlySet<string>, { prefix = '' }: PyTorchNames, ignore: readonly string[]): void {
  const prefixes = typeof prefix === 'string' ? [prefix] : prefix
  const left = [...file.keys()].filter((name) => !read.has(name) && !ignore.some((beginning) => beginning !== '' && name.startsWith(beginning)))
  for (const name of left) {
    if (!prefixes.some((p) => name.startsWith(p) && /^(weight|bias)_(ih|hh|hr)(_l\d+)?(_reverse)?$/.test(name.slice(p.length)))) continue
    const advice = name.endsWith('_reverse')
      ? 'bidirectional: true'
      : /bias/.test(name)
        ? 'layers with biases'
        : name.includes('_hr')
          ? 'projection, which nn.LSTM calls proj_size'
          : 'as many layers as the file'
    throw new SluiceError(
      'bad-file',
      `the file has ${name} ${shapeOf(checkTensor(name, file.get(name)!).shape)}, but the network does not use it. Create a network with ${advice}.`,
    )
  }
  if (left.length === 0 || ignore.includes('')) return
  const some = `${left.slice(0, 8).join(', ')}${left.length > 8 ? ` and ${left.length - 8} more` : ''}`
  const beginning = left[0]!.includes('.') ? `${left[0]!.split('.')[0]}.` : left[0]
  throw new SluiceError(
    'bad-file',
    `the file has tensors that the network does not use: ${some}. Change the network, or leave them out by ignore: ['${beginning}']; ignore: [''] leaves out all of them.`,
  )
}
