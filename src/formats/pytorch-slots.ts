// The tensors that PyTorch has for a network, and where each element is in Sluice. The gates have the same order. PyTorch stores each
// matrix transposed, [G·H, I]. It has two biases where Sluice has one: the sum, except for the candidate of a GRU, whose second bias is
// Sluice's `bn`.
import { cells } from '../cells'
import { checkList, show, SluiceError } from '../errors'
import {
  directions,
  hasUsualActivations,
  headSize,
  inputSize,
  isDense,
  isPlainStack,
  outputDirections,
  stateSize,
  type DenseSpec,
  type LayerSpec,
  type NetworkSpec,
} from '../spec'

/** The names that the modules have in PyTorch. */
export interface PyTorchNames {
  /** Prefix of `weight_ih_l0`, with its dot: `'lstm.'` for `self.lstm = nn.LSTM(…)`. A list if each layer is a separate module
   * (`['lstm1.', 'lstm2.']`), as it must be where the network has dense layers (`['lstm.', 'fc1.']`); layers of one module have its prefix each
   * (`['lstm.', 'lstm.', 'fc1.']`). Default '': the state of the module itself. */
  readonly prefix?: string | readonly string[]
  /** Prefix of the `weight` and `bias` of the nn.Linear that is the head. Default 'head.'. */
  readonly head?: string
  /** Prefix of the `weight` of the nn.Embedding. Default 'embedding.'. */
  readonly embedding?: string
}

/** One tensor of PyTorch, and where its elements are in Sluice. */
export interface Slot {
  readonly name: string
  readonly shape: readonly number[]
  /** For messages: `LSTM layer 1: U`, and `4H × H, H = 128`. */
  readonly description: string
  readonly shapeText: string
  /** The parameter that has the element (row, column), and its index there. */
  readonly indexOf: (row: number, column: number) => readonly [parameter: string, index: number]
  /** The second bias of PyTorch, to be added to the first one. */
  readonly isSecondBias?: boolean
}

export const headWeight = 'head: W'
export const headBias = 'head: b'

/** Every tensor that PyTorch has for the network.
 * @throws SluiceError `bad-value` for wrong names, and for a network that PyTorch does not have. */
export function slotsOf(spec: NetworkSpec, { prefix = '', head = 'head.', embedding = 'embedding.' }: PyTorchNames): Slot[] {
  for (const [name, text] of Object.entries({ head, embedding }))
    if (typeof text !== 'string') throw new SluiceError('bad-value', `${name} is ${show(text)}, expected the prefix of its weight, such as '${name}.'`)
  const prefixes =
    typeof prefix === 'string' ? [] : checkList('prefix', prefix, "with the prefix of each layer, such as ['lstm1.', 'lstm2.'], or one string for all layers")
  for (const text of prefixes)
    if (typeof text !== 'string') throw new SluiceError('bad-value', `prefix contains ${show(text)}, expected strings such as 'lstm1.'`)
  if (typeof prefix !== 'string' && prefixes.length !== spec.layers.length)
    throw new SluiceError('bad-value', `prefix has ${prefixes.length} names, expected one for each of the ${spec.layers.length} layers, or one string for all`)
  if (typeof prefix === 'string' && !isPlainStack(spec))
    throw new SluiceError(
      'bad-value',
      `prefix is ${show(prefix)}, expected a list with the prefix of each of the ${spec.layers.length} layers, such as { prefix: ['lstm.', 'fc1.'] }: the network is more than one stack of recurrent layers`,
    )
  const slots: Slot[] = []
  if ('ids' in spec.input && spec.input.embedding) {
    const E = spec.input.embedding
    slots.push({
      name: `${embedding}weight`,
      shape: [spec.input.ids, E],
      description: 'embedding',
      shapeText: 'ids × size',
      indexOf: (v, e) => ['embedding', v * E + e],
    })
  }
  spec.layers.forEach((layer, l) => {
    if (isDense(layer)) {
      slots.push(...denseSlots(layer, l, inputSize(spec, l), prefixes[l]!))
      return
    }
    checkLayer(layer, l)
    const [start, number] = typeof prefix === 'string' ? [prefix, l] : [prefixes[l]!, prefixes.slice(0, l).filter((other) => other === prefixes[l]).length]
    slots.push(...layerSlots(layer, l, inputSize(spec, l), `${start}%_l${number}`))
  })
  const V = headSize(spec)
  if (V > 0) {
    slots.push({
      name: `${head}weight`,
      shape: [V, inputSize(spec, 'head')],
      description: headWeight,
      shapeText: isPlainStack(spec) ? 'outputs × D·H' : 'outputs × I',
      indexOf: (v, k) => ['head.W', k * V + v],
    })
    slots.push({ name: `${head}bias`, shape: [V], description: headBias, shapeText: 'outputs', indexOf: (v) => ['head.b', v] })
  }
  const twice = slots.find(({ name }, i) => slots.findIndex((other) => other.name === name) !== i)
  if (twice)
    throw new SluiceError(
      'bad-value',
      `two tensors would have the name ${show(twice.name)}. Pass a different name for each module, such as { prefix: 'lstm.', head: 'fc.', embedding: 'embed.' }`,
    )
  return slots
}

/** nn.Linear. */
function denseSlots({ dense: N, bias }: DenseSpec, l: number, I: number, prefix: string): Slot[] {
  return [
    {
      name: `${prefix}weight`,
      shape: [N, I],
      description: `dense layer ${l}: W`,
      shapeText: `N × I, N = ${N}, I = ${I}`,
      indexOf: (n, i) => [`layers.${l}.W`, i * N + n],
    },
    ...(bias === false
      ? []
      : [
          {
            name: `${prefix}bias`,
            shape: [N],
            description: `dense layer ${l}: b`,
            shapeText: `N = ${N}`,
            indexOf: (n: number) => [`layers.${l}.b`, n] as const,
          },
        ]),
  ]
}

/** `pattern`: the names, with % for `weight_ih` and the like. */
function layerSlots(layer: LayerSpec, l: number, I: number, pattern: string): Slot[] {
  const [D, G, H, P] = [directions(layer), cells[layer.cell].gates.length, layer.hidden, stateSize(layer, 'h')]
  const { recurrentBias } = cells[layer.cell]
  const slots: Slot[] = []
  for (let d = 0; d < D; d++) {
    const add = (kind: string, letter: string, shape: readonly number[], shapeText: string, indexOf: Slot['indexOf'], isSecondBias = false) =>
      slots.push({
        name: pattern.replace('%', () => kind) + (d === 1 ? '_reverse' : ''),
        shape,
        description: `${layer.cell.toUpperCase()} layer ${l}: ${letter}`,
        shapeText: shapeText.replaceAll('G', G === 1 ? '' : String(G)),
        indexOf,
        isSecondBias,
      })
    // Row g·H + h of PyTorch is gate g, unit h: W is [I, D, G, H], U [D, P, G, H], b [D, G, H], bn [D, H]. R is [D, H, P].
    add('weight_ih', 'W', [G * H, I], `GH × I, H = ${H}, I = ${I}`, (row, i) => [`layers.${l}.W`, (i * D + d) * G * H + row])
    const sizes = P === H ? `GH × H, H = ${H}` : `GH × P, H = ${H}, P = ${P}`
    add('weight_hh', 'U', [G * H, P], sizes, (row, k) => [`layers.${l}.U`, (d * P + k) * G * H + row])
    const b = (row: number) => [`layers.${l}.b`, d * G * H + row] as const
    if (layer.bias !== false) {
      const second = (row: number) => (recurrentBias && row >= (G - 1) * H ? ([`layers.${l}.bn`, d * H + row - (G - 1) * H] as const) : b(row))
      add('bias_ih', 'b', [G * H], `GH, H = ${H}`, b)
      add('bias_hh', 'b', [G * H], `GH, H = ${H}`, second, true)
    }
    if (layer.projection !== undefined) add('weight_hr', 'R', [P, H], `P × H, H = ${H}, P = ${P}`, (p, j) => [`layers.${l}.R`, (d * H + j) * P + p])
  }
  return slots
}

function checkLayer(layer: LayerSpec, l: number): void {
  const { cell, backwards, peepholes, learnInitial } = layer
  const refuse = (what: string) => new SluiceError('bad-value', `layers[${l}] ${what}`)
  const { pytorch } = cells[cell]
  if ('none' in pytorch) throw refuse(pytorch.none)
  if (outputDirections(layer) < directions(layer))
    throw refuse('merges its directions, but no layer of PyTorch does. Create it without merge, and merge the outputs yourself.')
  if (backwards) throw refuse('reads backwards only, but no layer of PyTorch does. Create it without backwards, and turn the inputs and the outputs around.')
  if (!hasUsualActivations(layer))
    throw refuse('has activations of its own, but no layer of PyTorch has. Create it without recurrentActivation and activation.')
  if (peepholes) throw refuse('has peepholes, but no layer of PyTorch has them. Create it without peepholes.')
  if (learnInitial) throw refuse('learns its initial state, but no layer of PyTorch does. Create it without learnInitial, and pass the states to run.')
}
