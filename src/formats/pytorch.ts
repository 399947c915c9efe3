// Weights between PyTorch and Sluice: torch.nn.RNN, GRU and LSTM, with nn.Embedding before and nn.Linear after them. The
// gates have the same order. PyTorch stores each matrix transposed, [G·H, I]; and it has two biases where Sluice has one:
// they add up, but for the candidate of a GRU, whose second one is Sluice's `bn`.
import { cells } from '../cells'
import { checkSpec } from '../check'
import { checkObject, isMap, show, SluiceError } from '../errors'
import { checkFinite } from '../finite'
import { directions, headSize, inputSize, parameterShapes, type LayerSpec, type NetworkSpec } from '../spec'
import type { FloatTensor } from './safetensors'

export interface PyTorchNames {
  /** What stands before `weight_ih_l0`, with its dot: `'lstm.'` for `self.lstm = nn.LSTM(…)`. A list where each layer is a
   * module of its own (`['lstm1.', 'lstm2.']`). Default '', the state of the module itself. */
  readonly prefix?: string | readonly string[]
  /** What stands before the `weight` and `bias` of the nn.Linear that is the head. Default 'head.'. */
  readonly head?: string
  /** What stands before the `weight` of the nn.Embedding. Default 'embedding.'. */
  readonly embedding?: string
}

/** One tensor of PyTorch's, and where its elements are in Sluice. */
interface Slot {
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
 * @throws SluiceError `bad-file` where a tensor is missing, has another shape than the network needs, is left over, or has a
 * number that is not finite; `bad-value` for a network that PyTorch has not. */
export function fromPyTorch(tensors: ReadonlyMap<string, FloatTensor>, spec: NetworkSpec, names: PyTorchNames = {}): Map<string, Float32Array<ArrayBuffer>> {
  if (!isMap(tensors)) throw new SluiceError('bad-value', `the tensors are ${show(tensors)}, expected a Map from name to tensor, such as readSafetensors(bytes).tensors`)
  checkObject('spec', spec, 'network.spec')
  checkSpec(spec)
  const slots = slotsOf(spec, names)
  checkLeftOver(tensors, slots, names)
  const parameters = new Map([...parameterShapes(spec)].map(([name, shape]) => [name, new Float32Array(product(shape))]))
  for (const slot of slots) {
    const tensor = tensors.get(slot.name)
    if (!tensor) throw missing(slot, tensors)
    checkShape(slot, tensor.shape, spec)
    const { values } = tensor
    if (values.length !== product(slot.shape)) throw new SluiceError('bad-file', `${slot.name} has ${values.length} values, expected ${product(slot.shape)} for its shape [${slot.shape.join(', ')}]`)
    checkFinite(slot.name, values, { code: 'bad-file', advice: 'Was it saved after its training ran away? Go back to a checkpoint from before' })
    const columns = slot.shape[1] ?? 1
    for (let i = 0; i < values.length; i++) {
      const [parameter, index] = slot.place(Math.floor(i / columns), i % columns)
      const to = parameters.get(parameter)!
      to[index] = slot.second && !parameter.endsWith('.bn') ? to[index]! + values[i]! : values[i]!
    }
  }
  return parameters
}

/** The parameters of a network, such as `network.readParameters()` gives, under PyTorch's names and in its shapes, for
 * `writeSafetensors`; `load_state_dict` takes them. Where PyTorch has two biases, the second one is zero.
 * @throws SluiceError `bad-value` for a network that PyTorch has not, or a parameter that is not finite. */
export function toPyTorch(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, names: PyTorchNames = {}): Map<string, FloatTensor> {
  if (!isMap(parameters)) throw new SluiceError('bad-value', `the parameters are ${show(parameters)}, expected a Map such as await network.readParameters() gives`)
  const slots = slotsOf(spec, names)
  const wanted = [...parameterShapes(spec).keys()]
  const lacking = wanted.find((name) => !parameters.has(name))
  if (lacking) throw new SluiceError('bad-value', `the parameters lack ${lacking}, expected ${wanted.join(', ')}, such as network.readParameters() gives`)
  for (const name of wanted) checkFinite(name, parameters.get(name)!)
  return new Map(
    slots.map(({ name, shape, place, second }) => {
      const columns = shape[1] ?? 1
      const values = Float32Array.from({ length: product(shape) }, (_, i) => {
        const [parameter, index] = place(Math.floor(i / columns), i % columns)
        return second && !parameter.endsWith('.bn') ? 0 : parameters.get(parameter)![index]!
      })
      return [name, { shape, values }]
    }),
  )
}

/** Every tensor that PyTorch has of such a network. */
function slotsOf(spec: NetworkSpec, { prefix = '', head = 'head.', embedding = 'embedding.' }: PyTorchNames): Slot[] {
  if (typeof prefix !== 'string' && prefix.length !== spec.layers.length)
    throw new SluiceError('bad-value', `prefix has ${prefix.length} names, expected one for each of the ${spec.layers.length} layers, or one text for all`)
  const slots: Slot[] = []
  if ('ids' in spec.input && spec.input.embedding) {
    const E = spec.input.embedding
    slots.push({ name: `${embedding}weight`, shape: [spec.input.ids, E], what: 'embedding', words: 'ids × size', place: (v, e) => ['embedding', v * E + e] })
  }
  spec.layers.forEach((layer, l) => {
    checkLayer(layer, l)
    const [before, number] = typeof prefix === 'string' ? [prefix, l] : [prefix[l]!, 0]
    slots.push(...layerSlots(layer, l, inputSize(spec, l), `${before}%_l${number}`))
  })
  const V = headSize(spec)
  if (V > 0) {
    const last = spec.layers.at(-1)!
    slots.push({ name: `${head}weight`, shape: [V, last.hidden * directions(last)], what: 'head: W', words: 'outputs × D·H', place: (v, k) => ['head.W', k * V + v] })
    slots.push({ name: `${head}bias`, shape: [V], what: 'head: b', words: 'outputs', place: (v) => ['head.b', v] })
  }
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
        name: pattern.replace('%', () => kind) + (d === 1 ? '_reverse' : ''), shape: [G * H, ...columns],
        what: `${layer.cell.toUpperCase()} layer ${l}: ${letter}`, words: words.replaceAll('G', G === 1 ? '' : String(G)), place, second,
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

function missing({ name, shape, what, words }: Slot, tensors: ReadonlyMap<string, FloatTensor>): SluiceError {
  const all = [...tensors.keys()]
  const advice = /bias_[ih]h/.test(name)
    ? 'If the module was made with bias=False, give the layer bias: false'
    : 'Give the names that the file has, such as { prefix: \'lstm.\', head: \'fc.\', embedding: \'embed.\' }'
  const some = `${all.slice(0, 12).join(', ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`
  return new SluiceError('bad-file', `${name}, ${what} [${shape.join(', ')}] (${words}), is not in the file, which has ${some || 'no tensors'}. ${advice}.`)
}

/** Refuses a tensor of the same module that the network has no place for: a layer, a direction or a bias more. */
function checkLeftOver(tensors: ReadonlyMap<string, FloatTensor>, slots: readonly Slot[], { prefix = '' }: PyTorchNames): void {
  const known = new Set(slots.map(({ name }) => name))
  const prefixes = typeof prefix === 'string' ? [prefix] : prefix
  for (const [name, { shape }] of tensors) {
    const before = prefixes.find((p) => name.startsWith(p) && /^(weight|bias)_(ih|hh|hr)_l\d+(_reverse)?$/.test(name.slice(p.length)))
    if (before === undefined || known.has(name)) continue
    const advice = name.endsWith('_reverse') ? 'bidirectional: true' : /bias/.test(name) ? 'layers with biases' : name.includes('_hr_') ? 'no projection (proj_size)' : 'as many layers as the file'
    throw new SluiceError('bad-file', `${name} [${shape.join(', ')}] is in the file, but the network has no place for it. Make a network with ${advice}.`)
  }
}
