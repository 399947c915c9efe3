// Writes a network as an ONNX model.
import { cells } from '../../cells'
import { checkSpec } from '../../check-spec'
import { checkMap, checkOptions, show, SluiceError, type Known } from '../../errors'
import {
  completeSpec,
  directions,
  inputSize,
  isDense,
  isFinal,
  isPlainStack,
  outputDirections,
  outputShape,
  sourcesOf,
  type DenseSpec,
  type LayerSpec,
  type NetworkSpec,
  type Reader,
} from '../../spec'
import { checkParameters } from '../check-parameters'
import { checkTexts } from '../safetensors'
import { types, writeModel, type AttributeMessage, type ModelMessage, type TensorMessage } from './messages'
import { activationsOf, operatorOf, slotsOf } from './operators'

/** Options of `toOnnx`. */
export interface ToOnnxOptions {
  /** Whether the model has an input `lengths` (int32 [B]), the steps of each row. Default false. */
  readonly lengths?: boolean
  /** Whether the model has inputs for the initial states and outputs for the final ones: `layers.0.h0` and `layers.0.hT`, for an LSTM
   * `layers.0.c0` and `layers.0.cT`, each [D, B, H]. Default false: the learned ones, or zero. */
  readonly states?: boolean
  /** More metadata of the model, text by name, beside that of Sluice. */
  readonly metadata?: Readonly<Record<string, string>>
}

const optionNames = { lengths: true, states: true, metadata: true } satisfies Known<ToOnnxOptions>
const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)

/** Opset 14 is the first with the operators as they are now, and ONNX Runtime reads it since 1.10. */
const opset = 14
const irVersion = 7

/** The network as an ONNX model that any runtime reads. Its input is `ids` (int64 [T, B]) or `features` (float [T, B, I]), its output
 * `logits` ([T, B, V], or [B, V] for a head at the last step; numbers for a head of numbers), or without a head `outputs` [T, B, D·H].
 * T and B are free. Dropout is left out, as it acts in training alone; `fromOnnx` finds it again in the model's metadata.
 * @param parameters the result of `network.readParameters()`
 * @throws SluiceError `bad-value` for a cell that ONNX does not have, or a parameter that is not finite; `bad-shape` for parameters of
 * another network. */
export function toOnnx(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, options: ToOnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const values = new Map(checkMap('parameters', parameters, 'such as the result of await network.readParameters()'))
  const checked = completeSpec(checkSpec(spec))
  const { lengths = false, states = false, metadata = {} } = checkOptions('options', options, '{ states: true }', optionNames)
  const texts = checkTexts(metadata)
  for (const [name, flag] of Object.entries({ lengths, states }))
    if (typeof flag !== 'boolean') throw new SluiceError('bad-value', `${name} is ${show(flag)}, expected true or false`)
  checkParameters(values, checked)
  const graph = new Graph()
  const read = new Read(graph, checked, inputOf(graph, checked, values))
  if (lengths) graph.inputs.push({ name: 'lengths', type: types.int32, dims: ['B'] })
  checked.layers.forEach((layer, l) => {
    if (isDense(layer)) read.outputs.set(l, writeDense(graph, layer, l, read.of(l), inputSize(checked, l), values))
    else writeLayer(graph, layer, l, read, inputSize(checked, l), values, { lengths, states })
  })
  writeHead(graph, checked, values, read)
  const model: ModelMessage = { irVersion, opset, producer: 'sluice', metadata: [['sluice', JSON.stringify(checked)], ...Object.entries(texts)], ...graph }
  return writeModel(model)
}

/** A recurrent layer, from what it reads to its outputs and final states. */
function writeLayer(
  graph: Graph,
  layer: LayerSpec,
  l: number,
  read: Read,
  size: number,
  values: ReadonlyMap<string, Float32Array>,
  { lengths, states }: { readonly lengths: boolean; readonly states: boolean },
): void {
  const name = `layers.${l}`
  const { op, linearBeforeReset } = operatorOf(layer.cell, `${name}.cell`)
  if (layer.projection !== undefined)
    throw new SluiceError(
      'bad-value',
      `${name}.projection is set, and the LSTM of ONNX projects nothing. Train without, or save a Sluice file or the tensors of PyTorch, whose nn.LSTM has proj_size`,
    )
  const [D, H] = [directions(layer), layer.hidden]
  const activations = Array.from({ length: D }, () => activationsOf(layer, `${name}.cell`)).flat()
  const tensors = new Map<string, string>()
  for (const [tensor, { shape, from }] of slotsOf(layer, size, `${name}.cell`)) {
    const [, rows, columns] = shape.length === 3 ? shape : [D, 1, shape[1]!]
    const data = new Float32Array(product(shape))
    for (let d = 0, at = 0; d < D; d++)
      for (let row = 0; row < rows!; row++)
        for (let column = 0; column < columns!; column++, at++) {
          const source = from(d, row, column)
          if (source) data[at] = values.get(`${name}.${source[0]}`)![source[1]]!
        }
    tensors.set(tensor, graph.floats(`${name}.${tensor}`, shape, data))
  }
  const initial = cells[layer.cell].states.map((state) => {
    if (states) {
      graph.inputs.push({ name: `${name}.${state}0`, type: types.float, dims: [D, 'B', H] })
      return `${name}.${state}0`
    }
    return layer.learnInitial ? learnedState(graph, `${name}.${state}0`, values.get(`${name}.${state}0`)!, D, H) : ''
  })
  const finals = cells[layer.cell].states.map((state) => `${name}.${state}T`)
  const inputs = [read.of(l), tensors.get('W')!, tensors.get('R')!, tensors.get('B') ?? '', lengths ? 'lengths' : '', ...initial, tensors.get('P') ?? '']
  while (inputs.at(-1) === '') inputs.pop()
  const attributes: AttributeMessage[] = [
    { name: 'hidden_size', i: H },
    { name: 'direction', s: D === 2 ? 'bidirectional' : layer.backwards ? 'reverse' : 'forward' },
    { name: 'activations', strings: activations.map(({ name }) => name) },
  ]
  for (const kind of ['alpha', 'beta'] as const) {
    const floats = activations.flatMap((activation) => activation[kind] ?? [])
    if (floats.length > 0) attributes.push({ name: `activation_${kind}`, floats })
  }
  if (linearBeforeReset !== undefined) attributes.push({ name: 'linear_before_reset', i: linearBeforeReset })
  graph.node(op, inputs, [`${name}.steps`, ...finals], attributes)
  // [T, D, B, H] → [T, B, D, H] → [T, B, D·H]; a size of 0 stays as it is. Merged, [T, D, B, H] → [T, B, H].
  const merge = mergeOf(layer)
  const flat = (): string => {
    const turned = graph.node('Transpose', [`${name}.steps`], [`${name}.turned`], [{ name: 'perm', ints: [0, 2, 1, 3] }])
    return graph.node('Reshape', [turned, graph.sizes('flat', [0, 0, -1])], [`${name}.outputs`])
  }
  read.outputs.set(l, merge ? reduced(graph, merge, `${name}.steps`, 1, `${name}.outputs`) : flat())
  if (states) for (const state of finals) graph.outputs.push({ name: state, type: types.float, dims: [D, 'B', H] })
}

/** How the directions of a layer are merged; undefined where they stand side by side, or there is one. */
const mergeOf = (layer: LayerSpec) => (outputDirections(layer) < directions(layer) ? layer.merge : undefined)

/** A dense layer; the name of its outputs. */
function writeDense(
  graph: Graph,
  { dense: N, activation = 'linear', bias }: DenseSpec,
  l: number,
  x: string,
  size: number,
  values: ReadonlyMap<string, Float32Array>,
): string {
  const name = `layers.${l}`
  const product = graph.node('MatMul', [x, graph.floats(`${name}.W`, [size, N], values.get(`${name}.W`)!)], [`${name}.product`])
  const sum = bias === false ? product : graph.node('Add', [product, graph.floats(`${name}.b`, [N], values.get(`${name}.b`)!)], [`${name}.sum`])
  const op = { linear: null, relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid' }[activation]
  return op ? graph.node(op, [sum], [`${name}.outputs`]) : sum
}

/** What layers and the head read, by name. */
class Read {
  readonly outputs = new Map<number, string>()

  constructor(
    private readonly graph: Graph,
    private readonly spec: NetworkSpec,
    private readonly input: string,
  ) {}

  /** The one input of a reader: an output as it is, or several joined. */
  of(reader: Reader): string {
    const final = reader === 'head' ? this.spec.head!.at === 'last' : isFinal(this.spec, reader)
    const parts = sourcesOf(this.spec, reader).map((source) => {
      if (source === 'input') return this.input
      return final && !isDense(this.spec.layers[source]!) ? this.#final(source) : this.outputs.get(source)!
    })
    return parts.length === 1
      ? parts[0]!
      : this.graph.node('Concat', parts, [`${reader === 'head' ? 'head' : `layers.${reader}`}.joined`], [{ name: 'axis', i: -1 }])
  }

  /** The final state h of a layer, [D, B, H] → [B, D·H], or [B, H] where its directions are merged. */
  #final(l: number): string {
    const name = isPlainStack(this.spec) ? 'final' : `layers.${l}.final`
    if (this.graph.nodes.some((node) => node.name === name)) return name
    const merge = mergeOf(this.spec.layers[l] as LayerSpec)
    if (merge) return reduced(this.graph, merge, `layers.${l}.hT`, 0, name)
    const turned = this.graph.node('Transpose', [`layers.${l}.hT`], [`${name}.turned`], [{ name: 'perm', ints: [1, 0, 2] }])
    return this.graph.node('Reshape', [turned, this.graph.sizes('flat rows', [0, -1])], [name])
  }
}

/** A graph under construction. */
class Graph implements Pick<ModelMessage, 'nodes' | 'initializers' | 'inputs' | 'outputs'> {
  readonly nodes: ModelMessage['nodes'] = []
  readonly initializers: ModelMessage['initializers'] = []
  readonly inputs: ModelMessage['inputs'] = []
  readonly outputs: ModelMessage['outputs'] = []

  /** Adds a node, and returns the name of its first output. */
  node(op: string, inputs: string[], outputs: string[], attributes: AttributeMessage[] = []): string {
    this.nodes.push({ op, name: outputs[0]!, domain: '', inputs, outputs, attributes })
    return outputs[0]!
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    const raw = new DataView(new ArrayBuffer(4 * values.length))
    values.forEach((value, i) => raw.setFloat32(4 * i, value, true))
    return this.#initializer({ name, dims: [...dims], type: types.float, raw: new Uint8Array(raw.buffer) })
  }

  /** Whole numbers that say a shape, an axis or an index; `dims` is [n], or [] for one alone. */
  sizes(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    const raw = new DataView(new ArrayBuffer(8 * values.length))
    values.forEach((value, i) => raw.setBigInt64(8 * i, BigInt(value), true))
    return this.#initializer({ name, dims: [...dims], type: types.int64, raw: new Uint8Array(raw.buffer) })
  }

  #initializer(tensor: TensorMessage): string {
    if (!this.initializers.some(({ name }) => name === tensor.name)) this.initializers.push(tensor)
    return tensor.name
  }
}

/** What the first layer reads: features, embedded ids, or one-hot ids; its name. */
function inputOf(graph: Graph, { input }: NetworkSpec, values: ReadonlyMap<string, Float32Array>): string {
  if ('features' in input) {
    graph.inputs.push({ name: 'features', type: types.float, dims: ['T', 'B', input.features] })
    return 'features'
  }
  graph.inputs.push({ name: 'ids', type: types.int64, dims: ['T', 'B'] })
  if (input.embedding)
    return graph.node(
      'Gather',
      [graph.floats('embedding', [input.ids, input.embedding], values.get('embedding')!), 'ids'],
      ['embedded'],
      [{ name: 'axis', i: 0 }],
    )
  return graph.node(
    'OneHot',
    ['ids', graph.sizes('classes', [input.ids]), graph.floats('off and on', [2], Float32Array.of(0, 1))],
    ['one-hot'],
    [{ name: 'axis', i: -1 }],
  )
}

/** Directions merged along an axis. */
function reduced(graph: Graph, merge: LayerSpec['merge'], from: string, axis: number, to: string): string {
  const keep = { name: 'keepdims', i: 0 }
  if (merge === 'sum') return graph.node('ReduceSum', [from, graph.sizes(`${to}.axis`, [axis])], [to], [keep])
  return graph.node(merge === 'mean' ? 'ReduceMean' : 'ReduceProd', [from], [to], [{ name: 'axes', ints: [axis] }, keep])
}

/** A learned initial state for every row of the batch: [D, 1, H] → [D, B, H]. */
function learnedState(graph: Graph, name: string, values: Float32Array, D: number, H: number): string {
  const { name: input } = graph.inputs[0]!
  const rows = graph.node('Gather', [graph.node('Shape', [input], [`${name}.shape`]), graph.sizes('second', [1])], [`${name}.rows`], [{ name: 'axis', i: 0 }])
  const shape = graph.node('Concat', [graph.sizes(`${name}.D`, [D]), rows, graph.sizes(`${name}.H`, [H])], [`${name}.wanted`], [{ name: 'axis', i: 0 }])
  return graph.node('Expand', [graph.floats(`${name}.learned`, [D, 1, H], values), shape], [name])
}

/** The output layer, on the outputs [T, B, I] or on final states [B, I]. */
function writeHead(graph: Graph, spec: NetworkSpec, values: ReadonlyMap<string, Float32Array>, read: Read): void {
  const { head, layers } = spec
  if (!head) {
    const [D, H] = outputShape(spec, layers.length - 1)
    graph.node('Identity', [read.outputs.get(layers.length - 1)!], ['outputs'])
    graph.outputs.unshift({ name: 'outputs', type: types.float, dims: ['T', 'B', D * H] })
    return
  }
  const V = 'classes' in head ? head.classes : head.numbers
  const scores = graph.node('MatMul', [read.of('head'), graph.floats('head.W', [inputSize(spec, 'head'), V], values.get('head.W')!)], ['head.product'])
  graph.node('Add', [scores, graph.floats('head.b', [V], values.get('head.b')!)], ['logits'])
  graph.outputs.unshift({ name: 'logits', type: types.float, dims: head.at === 'last' ? ['B', V] : ['T', 'B', V] })
}
