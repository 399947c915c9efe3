// Reads a network from an ONNX model: its graph is walked from the input to the outputs, and what a Sluice network can express becomes
// its description. Anything else is refused, with the operator and the reason.
import { checkBytes } from '../../bytes'
import { checkSpec } from '../../check-spec'
import { checkOptions, show, SluiceError, type Known } from '../../errors'
import { checkFinite } from '../../finite'
import {
  completeSpec,
  headSize,
  isFinal,
  outputDirections,
  parameterShapes,
  withoutDropout,
  type Activation,
  type DenseSpec,
  type LayerSpec,
  type NetworkSpec,
  type Source,
} from '../../spec'
import { attribute, axesOf, axisOf, bad, constantOf, describe, fold, type Constant } from './constants'
import { isOne, merge, one, reshape, sizeOf, type Flow, type Refused, type ShapeItem, type Sizes, type Value } from './flow'
import { readModel, type ModelMessage, type NodeMessage } from './messages'
import { readLayer, type LayerWalk, type Readable } from './read-layer'

/** Options of `fromOnnx`. */
export interface FromOnnxOptions {
  /** Whether the head is of classes or of numbers: the model does not say, and the numbers are the same. Default: classes where a Softmax
   * follows or the network reads ids, else numbers. */
  readonly head?: 'classes' | 'numbers'
}

/** A network as `fromOnnx` found it. */
export interface OnnxNetwork {
  /** For `Network.create`. */
  readonly spec: NetworkSpec
  /** For `network.writeParameters`. */
  readonly parameters: Map<string, Float32Array<ArrayBuffer>>
  /** Whether the model's input is [B, T, …]. Sluice's is [T, B, …] always. */
  readonly batchFirst: boolean
  /** Operators of the model after the head, such as 'Softmax' or 'Sigmoid', in order. A Sluice network ends before them. */
  readonly after: readonly string[]
  /** The metadata of the model, by name. */
  readonly metadata: ReadonlyMap<string, string>
}

const optionNames = { head: true } satisfies Known<FromOnnxOptions>
const refused = (reason: string): Refused => ({ kind: 'refused', reason })
/** Operators that compute nothing. */
const layouts = ['Identity', 'Cast', 'Slice', 'Gather', 'Transpose', 'Squeeze', 'Unsqueeze', 'Reshape']
const activations = ['Softmax', 'LogSoftmax', 'Sigmoid', 'Tanh', 'Relu', 'ArgMax']

/** The network of an ONNX model, with its parameters: `const network = await Network.create(spec); network.writeParameters(parameters)`.
 *
 * It takes RNN, GRU and LSTM in either layout, with one or two directions, lengths, initial states and peepholes, stacked; before them ids
 * through Gather or OneHot, or features; linear layers (MatMul, Gemm, Add) before, between and after them, with Relu, Tanh or Sigmoid, the last
 * of which is the head; outputs of several layers joined by Concat; and what exporters of PyTorch, Keras and TensorFlow put around these.
 * @throws SluiceError `bad-file` for what is no ONNX model, or for a network that Sluice does not have, with the operator and the reason. */
export function fromOnnx(bytes: Uint8Array | ArrayBuffer, options: FromOnnxOptions = {}): OnnxNetwork {
  const { head } = checkOptions('options', options, "{ head: 'classes' }", optionNames)
  if (head !== undefined && head !== 'classes' && head !== 'numbers')
    throw new SluiceError('bad-value', `head is ${show(head)}, expected 'classes' or 'numbers'`)
  const model = readModel(checkBytes('bytes', bytes))
  const walk = new Walk(model)
  for (const node of model.nodes) walk.take(node)
  walk.checkOutputs()
  return walk.network(head)
}

/** Operators that are activations of a dense layer. */
const denseActivations: Readonly<Record<string, Activation>> = { Relu: 'relu', Tanh: 'tanh', Sigmoid: 'sigmoid' }

/** A dense layer, or the head, as the walk has found it. */
interface FoundDense {
  readonly dense: number
  readonly at: 'every' | 'last'
  bias: boolean
  /** As what reads it found it; null: nothing reads it. */
  activation: Activation | null
}

/** What a walk has learned of the network so far. */
class Walk implements LayerWalk {
  readonly values = new Map<string, Value>()
  readonly sizes: Sizes = new Map()
  readonly layers: (LayerSpec | FoundDense)[] = []
  /** What each layer reads. */
  readonly inputs: (readonly Source[])[] = []
  readonly parameters = new Map<string, Float32Array<ArrayBuffer>>()
  #input: NetworkSpec['input'] | null = null
  /** Labels of the axes of time and rows, known at the first layer. */
  time: string | null = null
  batch: string | null = null
  /** Layers of which something reads both directions side by side. */
  readonly #concatenated = new Set<number>()

  constructor(private readonly model: ModelMessage) {
    for (const tensor of model.initializers) this.values.set(tensor.name, constantOf(tensor))
    for (const { name, type, dims } of model.inputs) {
      if (this.values.has(name)) continue
      const axes = dims.map((_, i) => `${name}.${i}`)
      dims.forEach((size, i) => typeof size === 'number' && size > 0 && this.sizes.set(axes[i]!, size))
      // Vectors have an axis for their elements; ids have none, unless they are floats (which some exporters cast).
      this.values.set(name, { kind: 'flow', stage: { of: dims.length >= 3 || (dims.length === 0 && type === 1) ? 'inputs' : 'ids' }, axes })
    }
  }

  take(node: NodeMessage): void {
    let value: Value | readonly Value[]
    try {
      value = this.#compute(node)
    } catch (error) {
      // A node of a damaged file may lack what its operator needs, and so give undefined where a number belongs.
      if (!(error instanceof SluiceError || error instanceof TypeError || error instanceof RangeError)) throw error
      value = refused(error instanceof SluiceError ? error.message : `${describe(node)} has inputs or attributes that do not fit together`)
    }
    const values = [value].flat() as readonly Value[]
    // A node that is refused has the reason in all of its outputs.
    const other = (i: number) => ('kind' in value && value.kind === 'refused' ? value : refused(`${describe(node)}: its output ${i} has no counterpart here`))
    node.outputs.forEach((name, i) => name && this.values.set(name, values[i] ?? other(i)))
  }

  /** An input of a node; undefined where it is left out. */
  input(node: NodeMessage, i: number): Value | undefined {
    const name = node.inputs[i]
    return name ? (this.values.get(name) ?? refused(`${describe(node)} reads ${name}, which nothing computes`)) : undefined
  }

  /** A constant input of a node; undefined where it is left out. @throws SluiceError `bad-file` for anything but a constant. */
  constant(node: NodeMessage, i: number, what: string): Constant | undefined {
    const value = this.input(node, i)
    if (value === undefined || value.kind === 'constant') return value
    throw bad(node, `its ${what} is computed by the model, expected a constant. Export it with constant folding`)
  }

  #compute(node: NodeMessage): Value | readonly Value[] {
    if (node.domain && node.domain !== 'ai.onnx') return refused(`${describe(node)} is of the domain ${node.domain}, expected operators of ONNX itself`)
    if (node.op === 'Constant') return constantNode(node)
    const inputs = node.inputs.map((_, i) => this.input(node, i))
    for (const value of inputs) if (value?.kind === 'refused') return value
    const folded = inputs.every((value) => value === undefined || value.kind === 'constant') && fold(node, inputs as (Constant | undefined)[])
    if (folded) return folded
    if (['RNN', 'GRU', 'LSTM'].includes(node.op)) return readLayer(this, node)
    const [x] = inputs
    if (node.op === 'Shape' && x?.kind === 'flow') return { kind: 'shape', items: x.axes.map((label) => sizeOf(label, this.sizes) ?? label) }
    if (node.op === 'ConstantOfShape' || node.op === 'Expand') return this.#spread(node, inputs)
    // A part of what is the same throughout.
    if (x?.kind === 'spread' && x.of.values.length === 1 && layouts.includes(node.op)) return x
    if (inputs.some((value) => value?.kind === 'shape') && x?.kind !== 'flow') return shapeOperator(node, inputs)
    if (node.op === 'Gather' && x?.kind === 'constant' && inputs[1]?.kind === 'flow') return this.#embed(node, x, inputs[1])
    if (node.op === 'Concat') return this.#concat(node, inputs)
    const flow = inputs.find((value): value is Flow => value?.kind === 'flow')
    if (!flow) return refused(`${describe(node)} is not one of the operators that a recurrent network is read from`)
    return this.#flow(node, flow, inputs)
  }

  #flow(node: NodeMessage, x: Flow, inputs: readonly (Value | undefined)[]): Value {
    const { axes, stage } = x
    const at = (axis: number) => axisOf(axis, axes.length)
    switch (node.op) {
      case 'Identity':
      case 'Cast':
      case 'Dropout':
        return x
      case 'Transpose':
        return { ...x, axes: (attribute(node, 'perm')?.ints ?? axes.map((_, i) => axes.length - 1 - i)).map((axis) => axes[axis]!) }
      case 'Squeeze': {
        const drop = axesOf(node, this.constant(node, 1, 'axes'))?.map(at) ?? axes.flatMap((label, i) => (isOne(label, this.sizes) ? i : []))
        for (const axis of drop) if (!isOne(axes[axis]!, this.sizes)) throw bad(node, `it drops the axis ${axes[axis]}, which is not known to have the size 1`)
        return { ...x, axes: axes.filter((_, i) => !drop.includes(i)) }
      }
      case 'Unsqueeze': {
        const given = axesOf(node, this.constant(node, 1, 'axes'))!
        const added = given.map((axis) => axisOf(axis, axes.length + given.length))
        const left = [...axes]
        return { ...x, axes: Array.from({ length: axes.length + added.length }, (_, i) => (added.includes(i) ? one : left.shift()!)) }
      }
      case 'Flatten': {
        const axis = at(attribute(node, 'axis')?.i ?? 1)
        return { ...x, axes: [merge(axes.slice(0, axis)), merge(axes.slice(axis))] }
      }
      case 'Reshape': {
        const shape = inputs[1]
        const items = shape?.kind === 'constant' ? Array.from(shape.values) : shape?.kind === 'shape' ? shape.items : null
        if (!items) throw bad(node, 'its shape is not known')
        return { ...x, axes: reshape(axes, items, this.sizes, describe(node)) }
      }
      case 'Gather': {
        const index = this.constant(node, 1, 'index')!
        const axis = at(attribute(node, 'axis')?.i ?? 0)
        if (index.values.length !== 1) throw bad(node, 'it takes several elements of what flows through the network, expected one')
        return pick(this, node, x, axis, index.values[0]!, index.dims.length === 0)
      }
      case 'Slice': {
        const list = (name: string, i: number) => attribute(node, name)?.ints ?? (inputs[i]?.kind === 'constant' ? Array.from(inputs[i].values) : undefined)
        const [starts, ends, sliced, steps] = [list('starts', 1), list('ends', 2), list('axes', 3), list('steps', 4)]
        if (starts?.length !== 1 || ends?.length !== 1 || (steps && steps[0] !== 1))
          throw bad(node, 'it takes a part that is not known, expected the last step or a direction')
        const axis = at(sliced?.[0] ?? 0)
        const size = sizeOf(axes[axis]!, this.sizes)
        const [start, end] = [starts[0]!, ends[0]!]
        if (size !== undefined && axisOf(start, size) === 0 && end >= size) return x
        if (start === -1 || (start === 0 && end === 1) || (size !== undefined && axisOf(start, size) + 1 === Math.min(axisOf(end, size), size)))
          return pick(this, node, x, axis, start, false)
        throw bad(node, `it takes ${start} to ${end} of the axis ${axes[axis]}, expected the last step or one direction`)
      }
      case 'ReduceSum':
      case 'ReduceMean':
      case 'ReduceProd':
        return this.#merge(node, x)
      case 'OneHot':
        return this.#oneHot(node, x)
      case 'MatMul':
      case 'Gemm':
        return this.#linear(node, x)
      case 'Add':
        return this.#addBias(node, x, inputs)
    }
    if (activations.includes(node.op)) {
      if (stage.of !== 'dense') throw bad(node, `it acts on ${describeStage(x)}, and Sluice has activations inside cells and after linear layers alone`)
      return { ...x, stage: { ...stage, ops: [...stage.ops, node.op] } }
    }
    throw bad(node, `it acts on ${describeStage(x)}, and Sluice's networks have no such operator`)
  }

  /** The directions of a layer become one. */
  #merge(node: NodeMessage, x: Flow): Value {
    const { stage, axes } = x
    const given = axesOf(node, this.constant(node, 1, 'axes')) ?? []
    const axis = given.length === 1 ? axisOf(given[0]!, axes.length) : -1
    const layer = stage.of === 'steps' ? stage.layer : stage.of === 'final' ? stage.parts[0]!.layer : -1
    const isWhole = stage.of === 'steps' || (stage.of === 'final' && stage.state === 'h' && stage.parts.length === 2)
    const own = this.layers[layer] as LayerSpec | undefined
    if (!isWhole || axes[axis] !== `D${layer}` || !own?.bidirectional)
      throw bad(node, `it reduces ${describeStage(x)}, expected the directions of one layer: their sum, mean or product`)
    const merge = ({ ReduceSum: 'sum', ReduceMean: 'mean', ReduceProd: 'product' } as const)[node.op as 'ReduceSum']
    const known = own.merge
    if (this.#concatenated.has(layer) || (known && known !== merge))
      throw bad(node, `it merges the directions of layer ${layer}, which another operator reads ${known ? `as their ${known}` : 'side by side'}`)
    this.layers[layer] = { ...own, merge }
    const keeps = (attribute(node, 'keepdims')?.i ?? 1) !== 0
    return { ...x, axes: axes.flatMap((label, i) => (i !== axis ? label : keeps ? one : [])) }
  }

  /** A layer's outputs were read with its directions side by side. */
  reads(layer: number): void {
    if (outputDirections(this.layers[layer] as LayerSpec) === 2) this.#concatenated.add(layer)
  }

  #embed(node: NodeMessage, table: Constant, ids: Flow): Value {
    if (ids.stage.of !== 'ids' || (attribute(node, 'axis')?.i ?? 0) !== 0 || table.dims.length !== 2)
      throw bad(node, 'it looks up something else than a row of an embedding for each id of the input')
    this.#setInput(node, { ids: table.dims[0]!, embedding: table.dims[1]! })
    this.parameters.set('embedding', Float32Array.from(table.values))
    return this.#vectors(ids, table.dims[1]!)
  }

  #oneHot(node: NodeMessage, ids: Flow): Value {
    const [depth, values] = [this.constant(node, 1, 'depth')!, this.constant(node, 2, 'values')!]
    const axis = attribute(node, 'axis')?.i ?? -1
    if (ids.stage.of !== 'ids' || values.values[0] !== 0 || values.values[1] !== 1 || (axis !== -1 && axis !== ids.axes.length))
      throw bad(node, 'expected 0 and 1 along the last axis, of the ids of the input')
    this.#setInput(node, { ids: depth.values[0]! })
    return this.#vectors(ids, depth.values[0]!)
  }

  #vectors({ axes }: Flow, size: number): Flow {
    this.sizes.set('I', size)
    return { kind: 'flow', stage: { of: 'inputs' }, axes: [...axes, 'I'] }
  }

  #setInput(node: NodeMessage, input: NetworkSpec['input']): void {
    if (this.#input) throw bad(node, 'the model has two inputs that are looked up, and Sluice has one')
    this.#input = input
  }

  /** The input of the first layer, of `size` features, has been reached. */
  setFeatures(size: number): void {
    this.#input ??= { features: size }
  }

  /** States of the directions of a layer, side by side along an axis; or what several layers give, along their units. */
  #concat(node: NodeMessage, inputs: readonly (Value | undefined)[]): Value {
    const flows = inputs as Flow[]
    const [first] = flows
    if (!first || !flows.every((flow) => flow.kind === 'flow' && flow.axes.length === first.axes.length))
      throw bad(node, 'it joins values that do not all flow through the network, or have different axes')
    const axis = axisOf(attribute(node, 'axis')?.i ?? 0, first.axes.length)
    const stages = flows.map((flow) => flow.stage)
    const isStack = /^D\d+$/.test(first.axes[axis]!) || first.axes[axis]!.startsWith('S')
    const parts = stages.every((stage) => stage.of === 'final') ? stages.flatMap((stage) => stage.parts) : []
    const { layer } = parts[0] ?? { layer: NaN }
    const isBoth = parts.length === 2 && parts.every((part, d) => part.layer === layer && part.direction === d && first.axes[axis] === `H${layer}`)
    if (parts.length > 0 && (isStack || isBoth)) {
      const { state } = stages[0] as Extract<Flow['stage'], { of: 'final' }>
      const label = isStack ? `S${node.outputs[0]}` : `D${layer} · H${layer}`
      if (isStack) this.sizes.set(label, parts.length)
      return { kind: 'flow', stage: { of: 'final', state, parts }, axes: first.axes.map((other, i) => (i === axis ? label : other)) }
    }
    if (axis !== first.axes.length - 1) throw bad(node, `it joins along the axis ${first.axes[axis]}, expected the last one, the units`)
    const read = flows.map((flow) => this.readable(node, flow))
    const rows = (axes: readonly string[]) => merge(axes.slice(0, -1))
    const { at } = read[0]!
    if (read.some((one) => one.at !== at) || flows.some((flow) => rows(flow.axes) !== rows(first.axes)))
      throw bad(node, 'it joins values of different steps or rows')
    const sizes = read.map(({ size }) => size)
    if (sizes.includes(undefined)) throw bad(node, 'it joins the input, whose size the model does not say')
    const label = `J${node.outputs[0]}`
    this.sizes.set(
      label,
      sizes.reduce<number>((n, size) => n + size!, 0),
    )
    return { kind: 'flow', stage: { of: 'joined', at, sources: read.flatMap(({ sources }) => sources) }, axes: [...first.axes.slice(0, -1), label] }
  }

  /** What a layer reads where it reads this. @throws SluiceError `bad-file` for what none can read. */
  readable(node: NodeMessage, x: Flow): Readable {
    const { stage, axes } = x
    const last = axes.at(-1)!
    const size = sizeOf(last, this.sizes)
    const whole = (l: number): boolean => {
      const layer = this.layers[l] as LayerSpec
      this.reads(l)
      const [both, one] = [last === `D${l} · H${l}`, last === `H${l}`]
      return outputDirections(layer) === 2 ? both : one || (!layer.bidirectional && both)
    }
    if (stage.of === 'inputs') return { sources: ['input'], at: 'every', size }
    if (stage.of === 'joined') return { ...stage, size }
    if (stage.of === 'dense') {
      const { layer, at, ops } = stage
      const activation = ops.length === 0 ? 'linear' : denseActivations[ops[0]!]
      if (ops.length > 1 || activation === undefined)
        throw bad(node, `it reads a linear layer through ${ops.join(' and ')}, expected one of ${Object.keys(denseActivations).join(', ')}, or none`)
      const dense = this.layers[layer] as FoundDense
      if (dense.activation !== null && dense.activation !== activation)
        throw bad(node, `it reads a linear layer with the activation ${activation}, which something else reads with ${dense.activation}`)
      dense.activation = activation
      return { sources: [layer], at, size }
    }
    if (stage.of === 'steps' && whole(stage.layer)) return { sources: [stage.layer], at: 'every', size }
    if (stage.of === 'last step' && whole(stage.layer) && !(this.layers[stage.layer] as LayerSpec).bidirectional)
      return { sources: [stage.layer], at: 'last', size }
    if (stage.of === 'final' && stage.state === 'h') {
      const { layer } = stage.parts[0]!
      const D = (this.layers[layer] as LayerSpec).bidirectional ? 2 : 1
      if (stage.parts.length === D && stage.parts.every((part, d) => part.layer === layer && part.direction === d) && whole(layer))
        return { sources: [layer], at: 'last', size }
    }
    throw bad(node, `it reads ${describeStage(x)}, expected the outputs or the final state h of a layer, all directions, or what linear layers make of them`)
  }

  /** A linear layer: dense, or the head. */
  #linear(node: NodeMessage, x: Flow): Value {
    const number = (name: string, otherwise: number) => attribute(node, name)?.f ?? attribute(node, name)?.i ?? otherwise
    if (this.input(node, 0) !== x) throw bad(node, 'the weight stands before what flows through the network, expected it behind')
    const weight = this.constant(node, 1, 'weight')!
    const isTransposed = node.op === 'Gemm' && number('transB', 0) === 1
    if (node.op === 'Gemm' && (number('transA', 0) !== 0 || number('alpha', 1) !== 1 || number('beta', 1) !== 1))
      throw bad(node, 'expected transA = 0, alpha = 1 and beta = 1')
    if (weight.dims.length !== 2) throw bad(node, `its weight has the shape [${weight.dims.join(', ')}], expected a matrix`)
    const { sources, at, size } = this.readable(node, x)
    const [rows, N] = isTransposed ? [weight.dims[1]!, weight.dims[0]!] : [weight.dims[0]!, weight.dims[1]!]
    if (rows !== (size ?? rows)) throw bad(node, `its weight has ${rows} rows, expected ${size}`)
    if (sources.includes('input')) this.setFeatures(rows)
    const l = this.layers.length
    this.layers.push({ dense: N, at, bias: false, activation: null })
    this.inputs.push(sources)
    this.parameters.set(
      `layers.${l}.W`,
      Float32Array.from({ length: rows * N }, (_, i) => weight.values[isTransposed ? (i % N) * rows + Math.floor(i / N) : i]!),
    )
    this.parameters.set(`layers.${l}.b`, new Float32Array(N))
    this.sizes.set(`H${l}`, N)
    const result: Flow = { kind: 'flow', stage: { of: 'dense', layer: l, at, ops: [] }, axes: [...x.axes.slice(0, -1), `H${l}`] }
    const bias = node.op === 'Gemm' ? this.constant(node, 2, 'bias') : undefined
    return bias ? this.#withBias(node, result, l, bias) : result
  }

  #addBias(node: NodeMessage, x: Flow, inputs: readonly (Value | undefined)[]): Value {
    const bias = inputs.find((value): value is Constant => value?.kind === 'constant')
    const { stage } = x
    if (stage.of !== 'dense' || !bias || stage.ops.length > 0 || (this.layers[stage.layer] as FoundDense).activation !== null)
      throw bad(node, `it adds to ${describeStage(x)}, expected the bias of a linear layer`)
    return this.#withBias(node, x, stage.layer, bias)
  }

  #withBias(node: NodeMessage, x: Flow, l: number, { values }: Constant): Flow {
    const dense = this.layers[l] as FoundDense
    if (values.length !== dense.dense && values.length !== 1) throw bad(node, `its bias has ${values.length} numbers, expected ${dense.dense}`)
    const b = this.parameters.get(`layers.${l}.b`)!
    b.forEach((value, i) => (b[i] = value + values[values.length === 1 ? 0 : i]!))
    dense.bias = true
    return x
  }

  #spread(node: NodeMessage, inputs: readonly (Value | undefined)[]): Value {
    if (node.op === 'ConstantOfShape') {
      const value = attribute(node, 'value')?.t
      return { kind: 'spread', of: value ? constantOf(value) : { kind: 'constant', dims: [1], values: [0] } }
    }
    const [x] = inputs
    if (x?.kind === 'constant') return { kind: 'spread', of: x }
    if (x?.kind === 'spread') return x
    throw bad(node, 'it spreads something else than a constant')
  }

  /** @throws SluiceError `bad-file` for an output that a network does not have. */
  checkOutputs(): void {
    if (!this.layers.some((layer) => 'cell' in layer)) {
      const reason = [...this.values.values()].find((value): value is Refused => value.kind === 'refused')?.reason
      throw new SluiceError('bad-file', `the model has no recurrent layer that can be read${reason ? `: ${reason}` : ' (RNN, GRU or LSTM)'}.`)
    }
    for (const { name } of this.model.outputs) {
      const value = this.values.get(name) ?? refused('nothing computes it')
      if (value.kind === 'refused') throw new SluiceError('bad-file', `the output ${name} of the model has no counterpart: ${value.reason}.`)
      if (value.kind !== 'flow' || value.stage.of === 'ids' || value.stage.of === 'inputs')
        throw new SluiceError('bad-file', `the output ${name} of the model does not depend on its recurrent layers. Was another graph exported?`)
      if (value.stage.of === 'joined')
        throw new SluiceError('bad-file', `the output ${name} of the model joins those of several layers, expected a layer that reads them.`)
    }
  }

  network(kind: FromOnnxOptions['head']): OnnxNetwork {
    const metadata = new Map(this.model.metadata)
    const last = this.layers.length - 1
    // The last linear layer is the head, unless the network was written without one.
    const tail = this.layers[last]!
    const head = isFound(tail) && !isHeadless(metadata.get('sluice'), this.layers.length) ? tail : null
    const after = this.#after(last)
    if (isFound(tail) && !head) tail.activation = denseActivations[after[0] ?? ''] ?? 'linear'
    const twice = this.layers.findIndex((layer, l) => isFound(layer) && layer.activation === null && l < last)
    if (twice >= 0) throw new SluiceError('bad-file', 'the model has two heads, and Sluice has one. Export one of them, or apply the other one yourself.')
    const layers = (head ? this.layers.slice(0, -1) : this.layers).map((layer, l) => ({
      ...(isFound(layer) ? this.#dense(layer) : layer),
      inputs: this.inputs[l]!,
    }))
    const spec = checkedSpec({
      input: this.#input!,
      layers,
      ...(head && { head: { ...this.#headSpec(kind, head, after), inputs: this.inputs[last]! } as NonNullable<NetworkSpec['head']> }),
    })
    this.layers.forEach((layer, l) => {
      if (isFound(layer) && layer !== head && (layer.at === 'last') !== isFinal(spec, l))
        throw new SluiceError(
          'bad-file',
          `a linear layer of the model works ${layer.at === 'last' ? 'on final states' : 'at every step'} where others behind it do not. Make two networks of the model.`,
        )
    })
    const complete = withMetadata(completeSpec(spec), metadata.get('sluice'), kind)
    const parameters = new Map<string, Float32Array<ArrayBuffer>>()
    for (const name of parameterShapes(complete).keys()) {
      const values = this.parameters.get(head ? name.replace(/^head/, `layers.${last}`) : name)!
      checkFinite(name, values, { code: 'bad-file', advice: 'Was the model exported after its training diverged? Export an earlier checkpoint' })
      parameters.set(name, values)
    }
    const input = this.model.inputs.find(({ name }) => this.time?.startsWith(`${name}.`))
    return { spec: complete, parameters, batchFirst: this.time === `${input?.name}.1`, after: head ? after : [], metadata }
  }

  #dense({ dense, activation, bias }: FoundDense): DenseSpec {
    return { dense, activation: activation ?? 'linear', bias }
  }

  /** Operators behind the last layer, on the way to the outputs. */
  #after(last: number): readonly string[] {
    const behind = [...this.values.values()].flatMap((value) =>
      value.kind === 'flow' && value.stage.of === 'dense' && value.stage.layer === last ? [value.stage.ops] : [],
    )
    return behind.reduce((longest, ops) => (ops.length > longest.length ? ops : longest), [])
  }

  #headSpec(kind: FromOnnxOptions['head'], { dense: V, at }: FoundDense, after: readonly string[]): NonNullable<NetworkSpec['head']> {
    const isClasses = kind ? kind === 'classes' : 'ids' in this.#input! || after.some((op) => op === 'Softmax' || op === 'LogSoftmax')
    return isClasses ? { classes: V, at } : { numbers: V, at }
  }
}

const isFound = (layer: LayerSpec | FoundDense): layer is FoundDense => 'dense' in layer

/** @throws SluiceError `bad-file` for layers that do not hang together as Sluice's do. */
function checkedSpec(spec: NetworkSpec): NetworkSpec {
  try {
    return checkSpec(spec)
  } catch (cause) {
    throw new SluiceError('bad-file', `Sluice has no such network as the model is: ${(cause as Error).message}`, { cause })
  }
}

/** The description that `toOnnx` wrote beside the graph; null where there is none, or another tool has edited it. */
function savedSpec(text: string | undefined): NetworkSpec | null {
  try {
    return text === undefined ? null : completeSpec(checkSpec(JSON.parse(text) as NetworkSpec))
  } catch {
    return null
  }
}

/** Whether the description beside the graph has so many layers and no head. */
function isHeadless(text: string | undefined, layers: number): boolean {
  const saved = savedSpec(text)
  return saved !== null && !saved.head && saved.layers.length === layers
}

/** What the graph does not say, from the description that `toOnnx` wrote beside it: dropout, and the kind of the head. */
function withMetadata(spec: NetworkSpec, text: string | undefined, kind: FromOnnxOptions['head']): NetworkSpec {
  const saved = savedSpec(text)
  if (!saved) return spec
  const graph = ({ head, ...rest }: NetworkSpec) =>
    JSON.stringify({
      ...rest,
      layers: rest.layers.map(withoutDropout),
      dropout: 0,
      head: head && { V: headSize({ ...rest, head }), at: head.at, inputs: head.inputs },
    })
  return graph(saved) === graph(spec) ? { ...spec, layers: saved.layers, dropout: saved.dropout ?? 0, ...(saved.head && !kind && { head: saved.head }) } : spec
}

/** The last step, or one direction. */
function pick(walk: Walk, node: NodeMessage, x: Flow, axis: number, index: number, drop: boolean): Flow {
  const label = x.axes[axis]!
  const size = sizeOf(label, walk.sizes)
  const axes = drop ? x.axes.filter((_, i) => i !== axis) : x.axes.map((other, i) => (i === axis ? one : other))
  if (x.stage.of === 'steps' && label === walk.time) {
    const { layer } = x.stage
    const { backwards } = walk.layers[layer] as LayerSpec
    if (backwards ? index !== 0 : index !== -1 && index + 1 !== size)
      throw bad(node, `it takes the step ${index}, expected the one that layer ${layer} reads last${backwards ? ', 0, as it reads backwards' : ''}`)
    return { kind: 'flow', stage: { of: 'last step', layer: x.stage.layer }, axes }
  }
  if (x.stage.of === 'final' && x.stage.parts.length === size)
    return { kind: 'flow', stage: { ...x.stage, parts: [x.stage.parts[axisOf(index, size)]!] }, axes }
  if (size === 1) return { ...x, axes }
  throw bad(node, `it takes one element of the axis ${label} of ${describeStage(x)}, expected the last step or one direction`)
}

function constantNode(node: NodeMessage): Value {
  const [{ t, f, i, floats, ints } = {} as NodeMessage['attributes'][0]] = node.attributes
  if (t) return constantOf(t)
  const values = floats ?? ints ?? (f !== undefined ? [f] : i !== undefined ? [i] : null)
  if (!values) return refused(`${describe(node)} holds neither a tensor nor numbers`)
  return { kind: 'constant', dims: floats || ints ? [values.length] : [], values }
}

/** Shapes are taken apart and put together again; a size that is computed otherwise is not known. */
function shapeOperator(node: NodeMessage, inputs: readonly (Value | undefined)[]): Value {
  const items = inputs.map((value): readonly ShapeItem[] =>
    value?.kind === 'constant' ? Array.from(value.values) : value?.kind === 'shape' ? value.items : [null],
  )
  const [first = [], second = []] = items
  if (['Identity', 'Cast', 'Squeeze', 'Unsqueeze'].includes(node.op)) return { kind: 'shape', items: first }
  if (node.op === 'Concat') return { kind: 'shape', items: items.flat() }
  if (node.op === 'Gather')
    return { kind: 'shape', items: second.map((index) => (typeof index === 'number' ? (first[axisOf(index, first.length)] ?? null) : null)) }
  if (node.op === 'Slice') {
    const [, start, end] = items
    if (typeof start?.[0] === 'number' && typeof end?.[0] === 'number') return { kind: 'shape', items: first.slice(start[0], Math.min(end[0], first.length)) }
  }
  return { kind: 'shape', items: first.map(() => null) }
}

const stageNames = {
  ids: 'ids',
  inputs: 'the inputs',
  steps: 'the outputs of layer',
  'last step': 'the last outputs of layer',
  final: 'final states',
  dense: 'the results of the linear layer',
  joined: 'joined outputs',
}
const describeStage = ({ stage, axes }: Flow): string => `${stageNames[stage.of]}${'layer' in stage ? ` ${stage.layer}` : ''} [${axes.join(', ')}]`
