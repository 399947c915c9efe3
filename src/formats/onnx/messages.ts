// The messages of ONNX that Sluice reads and writes (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), through pbf, which knows
// protocol buffers. What is not here is skipped by a reader, as protocol buffers mean it to be.
import { PbfReader, PbfWriter } from 'pbf'
import { SluiceError } from '../../errors'

/** Element types of tensors, by their numbers in TensorProto.DataType. */
export const types = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, double: 11 } as const

export interface TensorMessage {
  name: string
  dims: number[]
  type: number
  /** Little-endian. */
  raw?: Uint8Array
  floats?: number[]
  /** int32_data or int64_data. */
  ints?: number[]
  doubles?: number[]
  /** Whether the values lie in another file. */
  isExternal?: boolean
}

export interface AttributeMessage {
  name: string
  f?: number
  i?: number
  s?: string
  t?: TensorMessage
  floats?: number[]
  ints?: number[]
  strings?: string[]
  /** The graph of a loop or branch: its nodes and tensors. */
  graph?: Pick<ModelMessage, 'nodes' | 'initializers'>
}

export interface NodeMessage {
  op: string
  name: string
  domain: string
  inputs: string[]
  outputs: string[]
  attributes: AttributeMessage[]
}

/** An input or output of the graph. A size is a number, or a name. */
export interface ValueMessage {
  name: string
  type: number
  dims: (number | string)[]
}

export interface ModelMessage {
  irVersion: number
  /** Version of the operators of ONNX itself. */
  opset: number
  producer: string
  metadata: [string, string][]
  nodes: NodeMessage[]
  initializers: TensorMessage[]
  inputs: ValueMessage[]
  outputs: ValueMessage[]
}

const bytesType = 2
const utf8 = new TextDecoder()

/** Reads the fields of a message. A length that passes the end of the file is refused before anything is allocated for it. */
function fields<Result>(pbf: PbfReader, end: number, result: Result, read: (tag: number, result: Result) => void): Result {
  return pbf.readFields(
    (tag) => {
      if (pbf.type === bytesType) {
        const at = pbf.pos
        const length = pbf.readVarint()
        if (pbf.pos + length > end) throw new RangeError(`a field of ${length} bytes at ${at} passes the end of its message`)
        pbf.pos = at
      }
      read(tag, result)
    },
    result,
    end,
  )
}

/** Reads a message that is a field of another. */
const message = <Result>(pbf: PbfReader, result: Result, read: (tag: number, result: Result) => void): Result =>
  fields(pbf, pbf.readVarint() + pbf.pos, result, read)

const readTensor = (pbf: PbfReader): TensorMessage =>
  message<TensorMessage>(pbf, { name: '', dims: [], type: 0 }, (tag, tensor) => {
    if (tag === 1) pbf.readPackedVarint(tensor.dims, true)
    else if (tag === 2) tensor.type = pbf.readVarint()
    else if (tag === 4) tensor.floats = pbf.type === bytesType ? pbf.readPackedFloat(tensor.floats) : [...(tensor.floats ?? []), pbf.readFloat()]
    else if (tag === 5 || tag === 7) tensor.ints = pbf.readPackedVarint(tensor.ints, true)
    else if (tag === 8) tensor.name = pbf.readString()
    else if (tag === 9) tensor.raw = pbf.readBytes()
    else if (tag === 10) tensor.doubles = pbf.type === bytesType ? pbf.readPackedDouble(tensor.doubles) : [...(tensor.doubles ?? []), pbf.readDouble()]
    else if (tag === 14) tensor.isExternal = pbf.readVarint() === 1
  })

const readAttribute = (pbf: PbfReader): AttributeMessage =>
  message<AttributeMessage>(pbf, { name: '' }, (tag, attribute) => {
    if (tag === 1) attribute.name = pbf.readString()
    else if (tag === 2) attribute.f = pbf.readFloat()
    else if (tag === 3) attribute.i = pbf.readVarint(true)
    else if (tag === 4) attribute.s = utf8.decode(pbf.readBytes())
    else if (tag === 5) attribute.t = readTensor(pbf)
    else if (tag === 6)
      attribute.graph = message(pbf, { nodes: [] as NodeMessage[], initializers: [] as TensorMessage[] }, (tag, graph) => {
        if (tag === 1) graph.nodes.push(readNode(pbf))
        else if (tag === 5) graph.initializers.push(readTensor(pbf))
      })
    else if (tag === 7) attribute.floats = pbf.type === bytesType ? pbf.readPackedFloat(attribute.floats) : [...(attribute.floats ?? []), pbf.readFloat()]
    else if (tag === 8) attribute.ints = pbf.readPackedVarint(attribute.ints, true)
    else if (tag === 9) (attribute.strings ??= []).push(utf8.decode(pbf.readBytes()))
  })

const readNode = (pbf: PbfReader): NodeMessage =>
  message<NodeMessage>(pbf, { op: '', name: '', domain: '', inputs: [], outputs: [], attributes: [] }, (tag, node) => {
    if (tag === 1) node.inputs.push(pbf.readString())
    else if (tag === 2) node.outputs.push(pbf.readString())
    else if (tag === 3) node.name = pbf.readString()
    else if (tag === 4) node.op = pbf.readString()
    else if (tag === 5) node.attributes.push(readAttribute(pbf))
    else if (tag === 7) node.domain = pbf.readString()
  })

const readShape = (pbf: PbfReader): (number | string)[] =>
  message<(number | string)[]>(pbf, [], (tag, dims) => {
    if (tag !== 1) return
    dims.push(
      message<{ size: number | string }>(pbf, { size: '' }, (tag, dim) => {
        if (tag === 1) dim.size = pbf.readVarint(true)
        else if (tag === 2) dim.size = pbf.readString()
      }).size,
    )
  })

const readValue = (pbf: PbfReader): ValueMessage =>
  message<ValueMessage>(pbf, { name: '', type: 0, dims: [] }, (tag, value) => {
    if (tag === 1) value.name = pbf.readString()
    else if (tag === 2)
      message(pbf, value, (tag) => {
        if (tag === 1)
          message(pbf, value, (tag) => {
            if (tag === 1) value.type = pbf.readVarint()
            else if (tag === 2) value.dims = readShape(pbf)
          })
      })
  })

const readPair = (pbf: PbfReader): [string, string] =>
  message<[string, string]>(pbf, ['', ''], (tag, pair) => {
    if (tag === 1 || tag === 2) pair[tag - 1] = pbf.readString()
  })

/** @throws SluiceError `bad-file` for what is no ONNX model. */
export function readModel(bytes: Uint8Array): ModelMessage {
  const pbf = new PbfReader(bytes)
  const model: ModelMessage = { irVersion: 0, opset: 0, producer: '', metadata: [], nodes: [], initializers: [], inputs: [], outputs: [] }
  let hasGraph = false
  try {
    fields(pbf, bytes.length, model, (tag) => {
      if (tag === 1) model.irVersion = pbf.readVarint()
      else if (tag === 2) model.producer = pbf.readString()
      else if (tag === 7) {
        hasGraph = true
        message(pbf, model, (tag) => {
          if (tag === 1) model.nodes.push(readNode(pbf))
          else if (tag === 5) model.initializers.push(readTensor(pbf))
          else if (tag === 11) model.inputs.push(readValue(pbf))
          else if (tag === 12) model.outputs.push(readValue(pbf))
        })
      } else if (tag === 8)
        message(pbf, { domain: '', version: 0 }, (tag, set) => {
          if (tag === 1) set.domain = pbf.readString()
          else if (tag === 2) set.version = pbf.readVarint()
          if (set.domain === '' || set.domain === 'ai.onnx') model.opset = set.version
        })
      else if (tag === 14) model.metadata.push(readPair(pbf))
    })
    if (pbf.pos !== bytes.length) throw new RangeError(`the last field ends at ${pbf.pos} of ${bytes.length} bytes`)
  } catch (error) {
    throw new SluiceError('bad-file', `the file is not an ONNX model, or was cut off: ${(error as Error).message}. Export it again, or copy it whole.`, {
      cause: error,
    })
  }
  if (!hasGraph) throw new SluiceError('bad-file', 'the file is not an ONNX model: it has no graph. Was it written by another tool?')
  return model
}

const writeTensor = (tensor: TensorMessage, pbf: PbfWriter): void => {
  pbf.writePackedVarint(1, tensor.dims)
  pbf.writeVarintField(2, tensor.type)
  pbf.writeStringField(8, tensor.name)
  pbf.writeBytesField(9, tensor.raw!)
}

const writeAttribute = ({ name, f, i, s, t, floats, ints, strings }: AttributeMessage, pbf: PbfWriter): void => {
  pbf.writeStringField(1, name)
  const types = { f: 1, i: 2, s: 3, t: 4, floats: 6, ints: 7, strings: 8 }
  const put = (type: keyof typeof types, write: () => void): void => {
    write()
    pbf.writeVarintField(20, types[type])
  }
  if (f !== undefined) put('f', () => pbf.writeFloatField(2, f))
  if (i !== undefined) put('i', () => pbf.writeVarintField(3, i))
  if (s !== undefined) put('s', () => pbf.writeStringField(4, s))
  if (t !== undefined) put('t', () => pbf.writeMessage(5, writeTensor, t))
  // Not packed: proto2 has them so, and some readers take nothing else.
  if (floats !== undefined) put('floats', () => floats.forEach((value) => pbf.writeFloatField(7, value)))
  if (ints !== undefined) put('ints', () => ints.forEach((value) => pbf.writeVarintField(8, value)))
  if (strings !== undefined) put('strings', () => strings.forEach((value) => pbf.writeStringField(9, value)))
}

const writeNode = ({ op, name, inputs, outputs, attributes }: NodeMessage, pbf: PbfWriter): void => {
  for (const input of inputs) pbf.writeStringField(1, input)
  for (const output of outputs) pbf.writeStringField(2, output)
  pbf.writeStringField(3, name)
  pbf.writeStringField(4, op)
  for (const attribute of attributes) pbf.writeMessage(5, writeAttribute, attribute)
}

const writeValue = ({ name, type, dims }: ValueMessage, pbf: PbfWriter): void => {
  pbf.writeStringField(1, name)
  pbf.writeMessage(
    2,
    (_, pbf) =>
      pbf.writeMessage(
        1,
        (_, pbf) => {
          pbf.writeVarintField(1, type)
          pbf.writeMessage(
            2,
            (_, pbf) => {
              for (const size of dims)
                pbf.writeMessage(1, (_, pbf) => (typeof size === 'number' ? pbf.writeVarintField(1, size) : pbf.writeStringField(2, size)), null)
            },
            null,
          )
        },
        null,
      ),
    null,
  )
}

const writePair = ([key, value]: readonly [string, string], pbf: PbfWriter): void => {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}

export function writeModel(model: ModelMessage): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, model.irVersion)
  pbf.writeStringField(2, model.producer)
  pbf.writeMessage(
    7,
    (_, pbf) => {
      for (const node of model.nodes) pbf.writeMessage(1, writeNode, node)
      pbf.writeStringField(2, 'sluice')
      for (const tensor of model.initializers) pbf.writeMessage(5, writeTensor, tensor)
      for (const value of model.inputs) pbf.writeMessage(11, writeValue, value)
      for (const value of model.outputs) pbf.writeMessage(12, writeValue, value)
    },
    null,
  )
  pbf.writeMessage(8, (_, pbf) => pbf.writeVarintField(2, model.opset), null)
  for (const pair of model.metadata) pbf.writeMessage(14, writePair, pair)
  return Uint8Array.from(pbf.finish())
}
