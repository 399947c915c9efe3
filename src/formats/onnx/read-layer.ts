// Reads one recurrent layer of an ONNX model.
import { cells } from '../../cells'
import { directions, parameterShapes, type LayerSpec, type Source } from '../../spec'
import { attribute, bad, type Constant } from './constants'
import { sizeOf, type Flow, type Sizes, type Value } from './flow'
import type { NodeMessage } from './messages'
import { cellOf, slotsOf, type Activation } from './operators'

/** What a layer can read. */
export interface Readable {
  readonly sources: readonly Source[]
  /** At every step, or final states. */
  readonly at: 'every' | 'last'
  /** Of all together; undefined where the model does not say. */
  readonly size: number | undefined
}

/** What a layer needs to know of the walk through the graph, and adds to it. */
export interface LayerWalk {
  readonly layers: { push(layer: LayerSpec): unknown; readonly length: number }
  readonly inputs: (readonly Source[])[]
  readonly parameters: Map<string, Float32Array<ArrayBuffer>>
  readonly sizes: Sizes
  /** Labels of the axes of time and rows, once a layer has told. */
  time: string | null
  batch: string | null
  /** An input of a node; undefined where it is left out. */
  input(node: NodeMessage, i: number): Value | undefined
  /** @throws SluiceError `bad-file` for anything but a constant. */
  constant(node: NodeMessage, i: number, what: string): Constant | undefined
  /** Something reads the outputs of a layer as they are: side by side, unless they have been merged. */
  reads(layer: number): void
  /** The network reads `size` features, unless ids were looked up. */
  setFeatures(size: number): void
  /** What a layer reads where it reads this. @throws SluiceError `bad-file` for what none can read. */
  readable(node: NodeMessage, x: Flow): Readable
}

const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)
/** What Sluice has of each operator. */
const gates = 'Sigmoid or HardSigmoid (alpha 0.2 or 1/6, beta 0.5) and then Tanh or Relu'
const expected = { RNN: 'Tanh or Relu', GRU: gates, LSTM: `${gates}, twice` }
/** Activations that take alpha, and those that take beta, which are listed in the order of the activations; those of a HardSigmoid unless given. */
const takesAlpha = ['leakyrelu', 'thresholdedrelu', 'scaledtanh', 'hardsigmoid', 'elu', 'affine']
const takesBeta = ['scaledtanh', 'hardsigmoid', 'affine']

/** The activations of a node, with their numbers. */
function activationsIn(node: NodeMessage, names: readonly string[]): Activation[] {
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) => [...(attribute(node, name)?.floats ?? [])])
  return names.map((name) => {
    const [alpha, beta] = [takesAlpha, takesBeta].map((takes, i) => (takes.includes(name.toLowerCase()) ? [alphas, betas][i]!.shift() : undefined))
    return name.toLowerCase() === 'hardsigmoid' ? { name, alpha: alpha ?? 0.2, beta: beta ?? 0.5 } : { name }
  })
}

/** Of one direction, where the node names none. */
const usual = { RNN: ['Tanh'], GRU: ['Sigmoid', 'Tanh'], LSTM: ['Sigmoid', 'Tanh', 'Tanh'] }

/** From here on e⁻ˣ is 0 in float32: a sigmoid and a tanh are 0, 1 or −1 beyond, so that clipping changes nothing. Exporters and runtimes have such
 * values for none. */
const saturation = 104

/** Adds the layer to the walk. @returns Y, Y_h and for an LSTM Y_c. @throws SluiceError `bad-file` for a layer that Sluice does not have. */
export function readLayer(walk: LayerWalk, node: NodeMessage): readonly Value[] {
  const op = node.op as 'RNN' | 'GRU' | 'LSTM'
  const l = walk.layers.length
  const number = (name: string) => attribute(node, name)?.i ?? 0
  const direction = attribute(node, 'direction')?.s ?? 'forward'
  if (number('input_forget'))
    throw bad(
      node,
      'its input and forget gates are coupled (input_forget: i = 1 − f), which no cell of Sluice has. Train a model with input_forget 0, or a GRU, whose z couples them',
    )
  const D = direction === 'bidirectional' ? 2 : 1
  const H = number('hidden_size') || (walk.constant(node, 2, 'R')?.dims[2] ?? 0)
  const activations = activationsIn(node, attribute(node, 'activations')?.strings ?? Array.from({ length: D }, () => usual[op]).flat())
  const [first, second] = [activations.slice(0, activations.length / D), activations.slice(activations.length / D)]
  const found = cellOf(op, first, number('linear_before_reset'))
  if (!found || (D === 2 && JSON.stringify(first) !== JSON.stringify(second)))
    throw bad(
      node,
      `its activations are ${activations.map(({ name, alpha, beta }) => (alpha === undefined ? name : `${name}(${alpha}, ${beta})`)).join(', ')}, expected ${expected[op]}, the same in each direction`,
    )
  const { cell } = found
  const clip = attribute(node, 'clip')?.f
  const isSaturating = cell !== 'rnn-relu' && found.activation !== 'relu'
  if (clip !== undefined && (!(clip >= saturation) || !isSaturating))
    throw bad(
      node,
      `it clips the inputs of its activations (clip) to ${clip}, which Sluice does not. ${isSaturating ? `From ${saturation} on a clip changes nothing` : 'A relu is clipped anywhere'}: if no input comes near it, take the attribute away in the file, and compare a run of both`,
    )

  const isBatchFirst = number('layout') === 1
  const x = walk.input(node, 0)
  if (x?.kind !== 'flow') throw bad(node, 'its input does not come from the input of the model')
  const { sources, size: inputs } = checkInput(walk, node, x, isBatchFirst)
  const lengths = walk.input(node, 4)
  if (lengths && (lengths.kind !== 'flow' || lengths.stage.of !== 'ids'))
    throw bad(node, 'its sequence lengths are fixed in the model or computed by it, expected an input of the model, or none')
  const bias = walk.constant(node, 3, 'B')
  const peepholes = walk.constant(node, 7, 'P')
  const layer: LayerSpec = {
    ...found,
    hidden: H,
    bidirectional: D === 2,
    bias: bias !== undefined,
    peepholes: peepholes !== undefined,
    learnInitial: false,
    ...(direction === 'reverse' && { backwards: true }),
  }
  const initial = cells[cell].states.map((state, i) => initialState(walk, node, 5 + i, state, D, H))
  const learnInitial = initial.some((values) => values !== null)
  const spec = { ...layer, learnInitial }
  const tensors = { W: walk.constant(node, 1, 'W'), R: walk.constant(node, 2, 'R'), B: bias, P: peepholes }
  const slots = [...slotsOf(spec, inputs, 'cell')]
  // Before anything is allocated in the sizes that the node names.
  for (const [name, { shape }] of slots) {
    const dims = tensors[name]?.dims ?? []
    if (dims.join() !== shape.join()) throw bad(node, `its ${name} is [${dims.join(', ')}], expected [${shape.join(', ')}]`)
  }
  const shapes = parameterShapes({ input: { features: inputs }, layers: [spec] })
  const parameters = new Map([...shapes].map(([name, shape]) => [name.slice('layers.0.'.length), new Float32Array(product(shape))]))
  for (const [name, { shape, from }] of slots) {
    const { values } = tensors[name]!
    const [rows, columns] = shape.length === 3 ? [shape[1]!, shape[2]!] : [1, shape[1]!]
    for (let i = 0; i < values.length; i++) {
      const [d, row, column] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns]
      // Sluice has one bias where ONNX has two that are added up.
      const [parameter, index] = from(d, row, column) ?? from(d, row, column - columns / 2)!
      const to = parameters.get(parameter)!
      to[index] = Math.fround(to[index]! + values[i]!)
    }
  }
  cells[cell].states.forEach((state, i) => learnInitial && parameters.set(`${state}0`, initial[i] ?? new Float32Array(D * H)))
  walk.layers.push(spec)
  walk.inputs.push(sources)
  for (const [name, values] of parameters) walk.parameters.set(`layers.${l}.${name}`, values)
  walk.sizes.set(`D${l}`, D).set(`H${l}`, H)
  const [T, B] = [walk.time!, walk.batch!]
  const parts = Array.from({ length: directions(spec) }, (_, direction) => ({ layer: l, direction }))
  const states = (['h', 'c'] as const).map((state): Flow => ({
    kind: 'flow',
    stage: { of: 'final', state, parts },
    axes: isBatchFirst ? [B, `D${l}`, `H${l}`] : [`D${l}`, B, `H${l}`],
  }))
  return [{ kind: 'flow', stage: { of: 'steps', layer: l }, axes: isBatchFirst ? [B, T, `D${l}`, `H${l}`] : [T, `D${l}`, B, `H${l}`] }, ...states]
}

/** Checks what the layer reads; its sources and its size I. */
function checkInput(walk: LayerWalk, node: NodeMessage, x: Flow, isBatchFirst: boolean): { sources: readonly Source[]; size: number } {
  const { axes } = x
  const [first, second, units] = axes
  if (axes.length !== 3) throw bad(node, `its input has the axes [${axes.join(', ')}], expected time, rows and features`)
  const [time, batch] = isBatchFirst ? [second!, first!] : [first!, second!]
  walk.time ??= time
  walk.batch ??= batch
  if (walk.time !== time || walk.batch !== batch)
    throw bad(node, `its input has the axes [${axes.join(', ')}], where an earlier layer reads time ${walk.time} and rows ${walk.batch}`)
  const { sources, at } = walk.readable(node, x)
  if (at === 'last') throw bad(node, 'its input is of the last step alone, expected what is at every step')
  const size = sizeOf(units!, walk.sizes) ?? walk.constant(node, 1, 'W')!.dims[2]!
  if (sources.includes('input')) walk.setFeatures(size)
  return { sources, size }
}

/** An initial state of the model's own, [D, H], for every row; null for zero, and for an input of the model. */
function initialState(walk: LayerWalk, node: NodeMessage, i: number, state: string, D: number, H: number): Float32Array<ArrayBuffer> | null {
  const value = walk.input(node, i)
  if (value === undefined) return null
  if (value.kind === 'flow') {
    if (value.stage.of === 'inputs') return null // an input of the model: the caller passes it to run or to the Predictor
    throw bad(node, `its initial state ${state} comes from another layer. Make two networks, and pass the final state of the one to the other`)
  }
  const tensor = value.kind === 'spread' ? value.of : value.kind === 'constant' ? value : null
  if (!tensor) throw bad(node, `its initial state ${state} is computed by the model`)
  const { values } = tensor
  if (Array.prototype.every.call(values, (v: number) => v === 0)) return null
  if (values.length === 1) return new Float32Array(D * H).fill(values[0]!)
  const rows = values.length / (D * H)
  const at = (d: number, row: number, unit: number) => values[(d * rows + row) * H + unit]!
  for (let d = 0; d < D; d++)
    for (let row = 1; row < rows; row++)
      for (let unit = 0; unit < H; unit++)
        if (at(d, row, unit) !== at(d, 0, unit))
          throw bad(node, `its initial state ${state} differs from row to row, and a network of Sluice has one for all. Pass it to run or to the Predictor`)
  if (!Number.isInteger(rows)) throw bad(node, `its initial state ${state} has ${values.length} numbers, expected a multiple of ${D * H}`)
  return Float32Array.from({ length: D * H }, (_, n) => at(Math.floor(n / H), 0, n % H))
}
