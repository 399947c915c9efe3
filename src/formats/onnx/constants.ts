// Constant tensors of a model, and the operators on them that exporters leave in a graph.
import { SluiceError } from '../../errors'
import { fromHalf } from '../half'
import { types, type AttributeMessage, type NodeMessage, type TensorMessage } from './messages'

export interface Constant {
  readonly kind: 'constant'
  readonly dims: readonly number[]
  readonly values: ArrayLike<number>
}

const product = (dims: readonly number[]) => dims.reduce((n, size) => n * size, 1)

/** @throws SluiceError `bad-file` for values in another file, or of a type that holds no numbers. */
export function constantOf(tensor: TensorMessage): Constant {
  const { name, dims, type, raw, floats, ints, doubles } = tensor
  const what = `the tensor ${name || 'of a Constant'}`
  if (tensor.isExternal) throw new SluiceError('bad-file', `${what} lies in another file. Save the model as one file, such as by onnx.save(model, path)`)
  const values = raw ? fromBytes(what, type, raw) : type === types.float16 ? Float64Array.from(ints ?? [], fromHalf) : (floats ?? doubles ?? ints ?? [])
  if (values.length !== product(dims))
    throw new SluiceError('bad-file', `${what} has ${values.length} values, expected ${product(dims)} for its shape [${dims.join(', ')}]`)
  return { kind: 'constant', dims, values }
}

function fromBytes(what: string, type: number, raw: Uint8Array): ArrayLike<number> {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const all = (size: number, at: (offset: number) => number) => Float64Array.from({ length: Math.floor(raw.length / size) }, (_, i) => at(size * i))
  if (type === types.float) return all(4, (i) => view.getFloat32(i, true))
  if (type === types.double) return all(8, (i) => view.getFloat64(i, true))
  if (type === types.float16) return all(2, (i) => fromHalf(view.getUint16(i, true)))
  if (type === types.int64) return all(8, (i) => Number(view.getBigInt64(i, true)))
  if (type === types.int32) return all(4, (i) => view.getInt32(i, true))
  if (type === types.bool) return all(1, (i) => view.getUint8(i))
  throw new SluiceError(
    'bad-file',
    `${what} is of the type ${type}, expected float, double, float16, int64, int32 or bool. Export the model without quantization`,
  )
}

export const describe = ({ op, name }: NodeMessage): string => `the operator ${op}${name ? ` (${name})` : ''}`
export const bad = (node: NodeMessage, reason: string): SluiceError => new SluiceError('bad-file', `${describe(node)}: ${reason}`)

export const attribute = (node: NodeMessage, name: string): AttributeMessage | undefined => node.attributes.find((one) => one.name === name)

/** An axis as it counts from the end, too. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** The axes of Squeeze, Unsqueeze and ReduceSum: an attribute before opset 13, an input since. */
export const axesOf = (node: NodeMessage, input: Constant | undefined): number[] | undefined =>
  attribute(node, 'axes')?.ints ?? (input && Array.from(input.values))

/** The result of an operator on constants; null for one that is not here. */
export function fold(node: NodeMessage, inputs: readonly (Constant | undefined)[]): Constant | null {
  const [x, second] = inputs
  if (!x) return null
  const { dims, values } = x
  switch (node.op) {
    case 'Identity':
    case 'Cast':
      return x
    case 'Transpose':
      return transpose(x, attribute(node, 'perm')?.ints ?? dims.map((_, i) => dims.length - 1 - i))
    case 'Reshape': {
      const wanted = Array.from(second!.values, (size, i) => (size === 0 ? dims[i]! : size))
      const known = wanted.reduce((n, size) => (size < 0 ? n : n * size), 1)
      return { kind: 'constant', dims: wanted.map((size) => (size < 0 ? values.length / known : size)), values }
    }
    case 'Squeeze': {
      const axes = axesOf(node, second)?.map((axis) => axisOf(axis, dims.length))
      return { kind: 'constant', dims: dims.filter((size, i) => (axes ? !axes.includes(i) : size !== 1)), values }
    }
    case 'Unsqueeze': {
      const given = axesOf(node, second)!
      const axes = given.map((axis) => axisOf(axis, dims.length + given.length))
      const left = [...dims]
      return { kind: 'constant', dims: Array.from({ length: dims.length + axes.length }, (_, i) => (axes.includes(i) ? 1 : left.shift()!)), values }
    }
    case 'Concat': {
      const axis = axisOf(attribute(node, 'axis')?.i ?? 0, dims.length)
      return (inputs as Constant[]).slice(1).reduce((a, b) => join(a, b, axis), x)
    }
    case 'Slice': {
      const list = (name: string, i: number) => attribute(node, name)?.ints ?? (inputs[i] && Array.from(inputs[i].values))
      const [starts, ends, axes, steps] = [list('starts', 1)!, list('ends', 2)!, list('axes', 3), list('steps', 4)]
      if (steps?.some((step) => step !== 1)) return null
      return starts.reduce((sliced, start, i) => slice(sliced, axisOf(axes?.[i] ?? i, dims.length), start, ends[i]!), x)
    }
    case 'Gather': {
      const axis = axisOf(attribute(node, 'axis')?.i ?? 0, dims.length)
      if (second!.values.length !== 1) return null
      const index = axisOf(second!.values[0]!, dims[axis]!)
      const { dims: sliced, values: taken } = slice(x, axis, index, index + 1)
      return { kind: 'constant', dims: second!.dims.length > 0 ? sliced : sliced.filter((_, i) => i !== axis), values: taken }
    }
    default:
      return null
  }
}

/** The elements before, along and behind an axis. */
const around = (dims: readonly number[], axis: number) => [product(dims.slice(0, axis)), dims[axis]!, product(dims.slice(axis + 1))] as const

function transpose({ dims, values }: Constant, perm: readonly number[]): Constant {
  const strides = dims.map((_, i) => product(dims.slice(i + 1)))
  const turned = perm.map((axis) => dims[axis]!)
  const data = Float64Array.from({ length: values.length }, (_, i) => {
    let [rest, from] = [i, 0]
    for (let axis = turned.length - 1; axis >= 0; axis--) {
      from += (rest % turned[axis]!) * strides[perm[axis]!]!
      rest = Math.floor(rest / turned[axis]!)
    }
    return values[from]!
  })
  return { kind: 'constant', dims: turned, values: data }
}

function join(a: Constant, b: Constant, axis: number): Constant {
  const [before, along, behind] = around(a.dims, axis)
  const other = b.dims[axis]!
  const data = new Float64Array(a.values.length + b.values.length)
  for (let i = 0, at = 0; i < before; i++) {
    for (let j = 0; j < along * behind; j++) data[at++] = a.values[i * along * behind + j]!
    for (let j = 0; j < other * behind; j++) data[at++] = b.values[i * other * behind + j]!
  }
  return { kind: 'constant', dims: a.dims.map((size, i) => (i === axis ? size + other : size)), values: data }
}

function slice({ dims, values }: Constant, axis: number, start: number, end: number): Constant {
  const [before, along, behind] = around(dims, axis)
  const clamp = (index: number) => Math.max(0, Math.min(along, index < 0 ? index + along : index))
  const [from, to] = [clamp(start), clamp(end)]
  const data: number[] = []
  for (let i = 0; i < before; i++) for (let j = from * behind; j < to * behind; j++) data.push(values[i * along * behind + j]!)
  return { kind: 'constant', dims: dims.map((size, i) => (i === axis ? Math.max(0, to - from) : size)), values: data }
}
