// Weights between PyTorch and Sluice: torch.nn.RNN, GRU and LSTM, with nn.Embedding before and nn.Linear after them. The
// gates have the same order. PyTorch stores each matrix transposed, [G·H, I]; and it has two biases where Sluice has one:
// they add up, but for the candidate of a GRU, whose second one is Sluice's `bn`.
import { cells } from '../cells'
import { checkSpec } from '../check'
import { checkList, checkMap, checkOptions, show, SluiceError, typedArrayName, type Known } from '../errors'
import { checkFinite } from '../finite'
import { directions, headSize, inputSize, parameterShapes, type LayerSpec, type NetworkSpec } from '../spec'
import { changeOf, missing } from './pytorch-missing'
import { checkTensor, shapeOf, type FloatTensor } from './safetensors'

export interface PyTorchNames {
  /** What stands before `weight_ih_l0`, with its dot: `'lstm.'` for `self.lstm = nn.LSTM(…)`. A list where each layer is a
   * module of its own (`['lstm1.', 'lstm2.']`). Default '', the state of the module itself. */
  readonly prefix?: string | readonly string[]
  /** What stands before the `weight` and `bias` of the nn.Linear that is the head. Default 'head.'. */
  readonly head?: string
  /** What stands before the `weight` of the nn.Embedding. Default 'embedding.'. */
  readonly embedding?: string
}

export interface FromPyTorchOptions extends PyTorchNames {
  /** Tensors of the file to leave out, by name or by the beginning of it (`'decoder.'`); `''` is all that the network has no
   * place for, but for what else is in its own layers. Default none: a tensor that nothing reads is refused. */
  readonly ignore?: readonly string[]
}

const nameNames = { prefix: true, head: true, embedding: true } satisfies Known<PyTorchNames>
const optionNames = { ...nameNames, ignore: true } satisfies Known<FromPyTorchOptions>

/** One tensor of PyTorch's, and where its elements are in Sluice. */
export interface Slot {
  readonly name: string
  readonly shape: readonly number[]
  /** For messages: `LSTM layer 1: U`, and the shape in words. */
  readonly what: string
  readonly words: string
  /** The parameter that has the element (row, column), and its index there. */
  readonly place: (row: number, column: number) => readonly [parameter: string, index: number]
  /** A bias that is added to the first one. */
  readonly second?: boolean
}

const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)

/** The parameters of a network from tensors with PyTorch's names, for `network.writeParameters`. Leave the head out of the
 * description to convert the layers alone.
 *
 * The names may be those of nn.LSTMCell, nn.GRUCell and nn.RNNCell (`weight_ih` without `_l0`). A head without a bias
 * (nn.Linear(bias=False)) gets zeros, which is the same; a head whose weight is the embedding's (tied, so that the file has it
 * once) gets a copy of it.
 * @throws SluiceError `bad-file` where a tensor is missing, has another shape than the network needs, is left over, or has a
 * number that is not finite; `bad-value` for a network that PyTorch has not. */
export function fromPyTorch(
  tensors: ReadonlyMap<string, FloatTensor>,
  spec: NetworkSpec,
  options: FromPyTorchOptions = {},
): Map<string, Float32Array<ArrayBuffer>> {
  const file = new Map(checkMap('tensors', tensors, 'from name to tensor, such as readSafetensors(bytes).tensors'))
  const checked = checkSpec(spec)
  const { ignore = [], ...names } = checkOptions('names', options, "{ prefix: 'lstm.', head: 'fc.' }", optionNames)
  const left = checkList('ignore', ignore, "of names or their beginnings, such as ['decoder.']")
  for (const beginning of left)
    if (typeof beginning !== 'string')
      throw new SluiceError('bad-value', `ignore has ${show(beginning)}, expected names or their beginnings, such as 'decoder.'`)
  const slots = slotsOf(checked, names)
  // All is checked before anything is allocated by the word of a description.
  const found = slots.flatMap((slot) => {
    const source = sourceOf(slot, file, slots)
    if (source === null) return []
    const tensor = checkTensor(source, file.get(source)!)
    checkShape(slot, tensor.shape, checked)
    if (tensor.values.length !== product(slot.shape))
      throw new SluiceError('bad-file', `${source} has ${tensor.values.length} values, expected ${product(slot.shape)} for its shape ${shapeOf(slot.shape)}`)
    checkFinite(source, tensor.values, { code: 'bad-file', advice: 'Was it saved after its training ran away? Go back to a checkpoint from before' })
    return [{ slot, source, values: tensor.values }]
  })
  checkLeftOver(file, new Set(found.map(({ source }) => source)), names, left)
  const parameters = new Map([...parameterShapes(checked)].map(([name, shape]) => [name, new Float32Array(product(shape))]))
  for (const { slot, values } of found) {
    const columns = slot.shape[1] ?? 1
    for (let i = 0; i < values.length; i++) {
      const [parameter, index] = slot.place(Math.floor(i / columns), i % columns)
      const to = parameters.get(parameter)!
      to[index] = slot.second && !parameter.endsWith('.bn') ? to[index]! + values[i]! : values[i]!
    }
  }
  return parameters
}

/** The name of the tensor that fills a slot; null for a bias that the head was made without.
 * @throws SluiceError `bad-file` if there is none, and says why. */
function sourceOf(slot: Slot, file: ReadonlyMap<string, FloatTensor>, slots: readonly Slot[]): string | null {
  if (file.has(slot.name)) return slot.name
  // A cell is a layer of one direction, with the same tensors.
  const cell = slot.name.replace(/_l0$/, '')
  if (file.has(cell)) return cell
  if (changeOf(slot.name, file)) throw missing(slot, [...file.keys()])
  const [head, bias] = [slots.find(({ what }) => what === headWeight), slots.find(({ what }) => what === headBias)]
  if (slot === bias && file.has(head!.name)) return null
  if (slot === head && file.has(bias!.name)) {
    const tied = slots.find(({ what, shape }) => what === 'embedding' && shape[0] === slot.shape[0] && shape[1] === slot.shape[1])
    if (tied && file.has(tied.name)) return tied.name
  }
  throw missing(slot, [...file.keys()])
}

/** The parameters of a network, such as `network.readParameters()` gives, under PyTorch's names and in its shapes, for
 * `writeSafetensors`; `load_state_dict` takes them. Where PyTorch has two biases, the second one is zero.
 * @throws SluiceError `bad-value` for a network that PyTorch has not, or a parameter that is not finite; `bad-shape` for parameters of
 * another network. */
export function toPyTorch(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, options: PyTorchNames = {}): Map<string, FloatTensor> {
  const values = new Map(checkMap('parameters', parameters, 'such as await network.readParameters() gives'))
  const checked = checkSpec(spec)
  const slots = slotsOf(checked, checkOptions('names', options, "{ prefix: 'lstm.', head: 'fc.' }", nameNames))
  const wanted = parameterShapes(checked)
  for (const [name, shape] of wanted) {
    const came = values.get(name)
    if (came === undefined)
      throw new SluiceError('bad-value', `the parameters lack ${name}, expected ${[...wanted.keys()].join(', ')}, such as network.readParameters() gives`)
    if (typedArrayName(came) !== 'Float32Array') throw new SluiceError('bad-value', `${name} is ${show(came)}, expected a Float32Array`)
    if (came.length !== product(shape)) throw new SluiceError('bad-shape', `${name} has ${came.length} numbers, expected ${product(shape)}: ${shapeOf(shape)}`)
    checkFinite(name, came)
  }
  return new Map(
    slots.map(({ name, shape, place, second }) => {
      const columns = shape[1] ?? 1
      const made = Float32Array.from({ length: product(shape) }, (_, i) => {
        const [parameter, index] = place(Math.floor(i / columns), i % columns)
        return second && !parameter.endsWith('.bn') ? 0 : values.get(parameter)![index]!
      })
      return [name, { shape, values: made }]
    }),
  )
}

const headWeight = 'head: W'
const headBias = 'head: b'

/** Every tensor that PyTorch has of such a network. */
function slotsOf(spec: NetworkSpec, { prefix = '', head = 'head.', embedding = 'embedding.' }: PyTorchNames): Slot[] {
  for (const [name, text] of Object.entries({ head, embedding }))
    if (typeof text !== 'string') throw new SluiceError('bad-value', `${name} is ${show(text)}, expected what stands before its weight, such as '${name}.'`)
  const prefixes =
    typeof prefix === 'string'
      ? []
      : checkList('prefix', prefix, "of what stands before weight_ih of each layer, such as ['lstm1.', 'lstm2.'], or one text for all")
  for (const text of prefixes) if (typeof text !== 'string') throw new SluiceError('bad-value', `prefix has ${show(text)}, expected texts such as 'lstm1.'`)
  if (typeof prefix !== 'string' && prefixes.length !== spec.layers.length)
    throw new SluiceError('bad-value', `prefix has ${prefixes.length} names, expected one for each of the ${spec.layers.length} layers, or one text for all`)
  const slots: Slot[] = []
  if ('ids' in spec.input && spec.input.embedding) {
    const E = spec.input.embedding
    slots.push({ name: `${embedding}weight`, shape: [spec.input.ids, E], what: 'embedding', words: 'ids × size', place: (v, e) => ['embedding', v * E + e] })
  }
  spec.layers.forEach((layer, l) => {
    checkLayer(layer, l)
    const [before, number] = typeof prefix === 'string' ? [prefix, l] : [prefixes[l]!, 0]
    slots.push(...layerSlots(layer, l, inputSize(spec, l), `${before}%_l${number}`))
  })
  const V = headSize(spec)
  if (V > 0) {
    const last = spec.layers.at(-1)!
    slots.push({
      name: `${head}weight`,
      shape: [V, last.hidden * directions(last)],
      what: headWeight,
      words: 'outputs × D·H',
      place: (v, k) => ['head.W', k * V + v],
    })
    slots.push({ name: `${head}bias`, shape: [V], what: headBias, words: 'outputs', place: (v) => ['head.b', v] })
  }
  const twice = slots.find(({ name }, i) => slots.findIndex((other) => other.name === name) !== i)
  if (twice)
    throw new SluiceError(
      'bad-value',
      `two tensors would have the name ${show(twice.name)}: give each module a name of its own, such as { prefix: 'lstm.', head: 'fc.', embedding: 'embed.' }`,
    )
  return slots
}

/** `pattern`: the names, with % for `weight_ih` and the like. */
function layerSlots(layer: LayerSpec, l: number, I: number, pattern: string): Slot[] {
  const [D, G, H] = [directions(layer), cells[layer.cell].gates.length, layer.hidden]
  const { recurrentBias } = cells[layer.cell]
  const slots: Slot[] = []
  for (let d = 0; d < D; d++) {
    const add = (kind: string, letter: string, columns: readonly number[], words: string, place: Slot['place'], second = false) =>
      slots.push({
        name: pattern.replace('%', () => kind) + (d === 1 ? '_reverse' : ''),
        shape: [G * H, ...columns],
        what: `${layer.cell.toUpperCase()} layer ${l}: ${letter}`,
        words: words.replaceAll('G', G === 1 ? '' : String(G)),
        place,
        second,
      })
    // Row g·H + h of PyTorch's is gate g, unit h: W is [I, D, G, H], U [D, H, G, H], b [D, G, H], bn [D, H].
    add('weight_ih', 'W', [I], `GH × I, H = ${H}, I = ${I}`, (row, i) => [`layers.${l}.W`, (i * D + d) * G * H + row])
    add('weight_hh', 'U', [H], `GH × H, H = ${H}`, (row, k) => [`layers.${l}.U`, (d * H + k) * G * H + row])
    if (layer.bias === false) continue
    const b = (row: number) => [`layers.${l}.b`, d * G * H + row] as const
    add('bias_ih', 'b', [], `GH, H = ${H}`, b)
    add('bias_hh', 'b', [], `GH, H = ${H}`, (row) => (recurrentBias && row >= (G - 1) * H ? [`layers.${l}.bn`, d * H + row - (G - 1) * H] : b(row)), true)
  }
  return slots
}

function checkLayer({ cell, peepholes, learnInitial }: LayerSpec, l: number): void {
  const refuse = (what: string) => new SluiceError('bad-value', `layers[${l}] ${what}`)
  const { pytorch } = cells[cell]
  if ('none' in pytorch) throw refuse(pytorch.none)
  if (peepholes) throw refuse('has peepholes, which PyTorch has not.')
  if (learnInitial) throw refuse('learns its initial state, which no layer of PyTorch does. Make it without learnInitial, and give the states to run.')
}

/** `LSTM layer 1: U (weight_hh_l1) is [400, 100], expected [512, 128] (4H × H, H = 128). Was this checkpoint saved …?` */
function checkShape({ name, shape, what, words }: Slot, came: readonly number[], spec: NetworkSpec): void {
  if (came.length === shape.length && came.every((size, i) => size === shape[i])) return
  const layer = spec.layers[Number(/layer (\d+)/.exec(what)?.[1])]
  const hidden = layer && came[0]! / cells[layer.cell].gates.length
  const fits = layer && Number.isInteger(hidden) && hidden !== layer.hidden
  const advice = fits ? `Was this checkpoint saved with hidden = ${hidden}?` : 'Was this checkpoint saved of a network with other cells or sizes?'
  throw new SluiceError('bad-file', `${what} (${name}) is [${came.join(', ')}], expected [${shape.join(', ')}] (${words}). ${advice}`)
}

/** Refuses a tensor that nothing reads, unless it is to be left out: first of all one of the same module, a layer, a direction or a
 * bias more. @throws SluiceError `bad-file`. */
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
          ? 'no projection (proj_size)'
          : 'as many layers as the file'
    throw new SluiceError(
      'bad-file',
      `${name} ${shapeOf(checkTensor(name, file.get(name)!).shape)} is in the file, but the network has no place for it. Make a network with ${advice}.`,
    )
  }
  if (left.length === 0 || ignore.includes('')) return
  const some = `${left.slice(0, 8).join(', ')}${left.length > 8 ? ` and ${left.length - 8} more` : ''}`
  const beginning = left[0]!.includes('.') ? `${left[0]!.split('.')[0]}.` : left[0]
  throw new SluiceError(
    'bad-file',
    `the file has tensors that nothing reads: ${some}. Give the network a place for them, or leave them out by ignore: ['${beginning}']; ignore: [''] leaves out all of them.`,
  )
}
