// Parameters from arrays.
import { checkSpec } from '../../check-spec'
import { checkFlag, checkList, checkOptions, SluiceError, type Known } from '../../errors'
import { directions, isDense, parameterShapes, type LayerSpec, type NetworkSpec, type ParameterShapes } from '../../spec'
import type { DenseArrays, DirectionArrays, LayerArrays, NetworkArrays } from './arrays'
import { checkLayout, correction, layoutNames, spanOf } from './layout'
import { gatesOf, numbersOf } from './numbers'
import { placesOf, type Place } from './places'

const layerNames = { ...layoutNames, directions: true } satisfies Known<LayerArrays>
const kinds = {
  input: true,
  recurrent: true,
  joined: true,
  bias: true,
  recurrentBias: true,
  peepholes: true,
  h0: true,
  c0: true,
} satisfies Known<DirectionArrays>
const networkNames = { embedding: true, layers: true, head: true } satisfies Known<NetworkArrays>
const denseNames = { weights: true, bias: true, transposed: true } satisfies Known<DenseArrays>

const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)

/** The parameters of a network from arrays of another framework, for `network.writeParameters`.
 * @throws SluiceError `bad-shape` for an array of another size, or layers or directions that are not those of the network; `bad-value` for an
 * array that is missing, has a number that is not finite or that the network does not have, or a layout that the cell does not have. */
export function fromArrays(spec: NetworkSpec, arrays: NetworkArrays): Map<string, Float32Array<ArrayBuffer>> {
  const checked = checkSpec(spec)
  const { embedding, layers, head } = checkOptions('arrays', arrays, '{ layers: [{ directions: [{ input, recurrent, bias }] }] }', networkNames)
  const list = checkList('layers', layers, 'of the arrays of each layer')
  if (list.length !== checked.layers.length)
    throw new SluiceError('bad-shape', `the arrays have ${list.length} layers, expected ${checked.layers.length}, as the network has`)
  const shapes = parameterShapes(checked)
  const sums = new Sums(shapes)
  const whole = (name: string, what: string, values: ArrayLike<number> | undefined) => {
    const shape = shapes.get(name)
    if (!shape && values !== undefined)
      throw new SluiceError('bad-value', `the arrays have ${what}, but the network has none. Leave it out, or change the network`)
    if (!shape) return
    if (values === undefined) throw new SluiceError('bad-value', `the arrays lack ${what}, which the network has: ${product(shape)} numbers`)
    const numbers = numbersOf(what, values, product(shape))
    sums.of(name).set(numbers)
  }
  whole('embedding', 'embedding', embedding)
  /** `name` is that of the parameters, `what` that of the arrays. */
  const dense = (name: string, what: string, arrays: DenseArrays | undefined) => {
    const given = arrays === undefined ? ({} as DenseArrays) : checkOptions(what, arrays, '{ weights, bias }', denseNames)
    checkFlag(`${what}.transposed`, given.transposed)
    const shape = shapes.get(`${name}.W`)
    if (given.weights === 'identity' && shape) {
      const [I, N] = shape as [number, number]
      if (I !== N) throw new SluiceError('bad-shape', `${what}.weights is 'identity', but it reads ${I} numbers and gives ${N}. Expected as many of both`)
      for (let i = 0; i < I; i++) sums.of(`${name}.W`)[i * N + i] = 1
    } else whole(`${name}.W`, `${what}.weights`, given.weights as ArrayLike<number> | undefined)
    if (given.bias !== undefined) whole(`${name}.b`, `${what}.bias`, given.bias)
    if (given.transposed && shape) sums.of(`${name}.W`).set(turned(sums.of(`${name}.W`), shape[1]!))
  }
  checked.layers.forEach((layer, l) => {
    if (isDense(layer)) dense(`layers.${l}`, `layers[${l}]`, list[l] as DenseArrays)
    else readLayer(sums, checked, l, list[l] as LayerArrays, layer)
  })
  dense('head', 'head', head)
  return new Map([...shapes.keys()].map((name) => [name, new Float32Array(sums.of(name))]))
}

/** The parameters under way. One is allocated when it is first asked for: by then an array of its size has come. */
class Sums {
  readonly #values = new Map<string, Float64Array<ArrayBuffer>>()

  constructor(private readonly shapes: ParameterShapes) {}

  of(name: string): Float64Array<ArrayBuffer> {
    const values = this.#values.get(name) ?? new Float64Array(product(this.shapes.get(name)!))
    this.#values.set(name, values)
    return values
  }
}

/** [rows, n] → [n, rows]. */
const turned = (values: Float64Array, rows: number): Float64Array<ArrayBuffer> =>
  Float64Array.from(values, (_, i) => values[(i % rows) * (values.length / rows) + Math.floor(i / rows)]!)

function readLayer(sums: Sums, spec: NetworkSpec, l: number, unchecked: LayerArrays, layer: LayerSpec): void {
  const what = `layers[${l}]`
  const given = checkOptions(what, unchecked, "{ gates: ['z', 'r', 'n'], directions: [{ input, recurrent, bias }] }", layerNames)
  const order = checkLayout(what, given, layer)
  const D = directions(layer)
  const list = checkList(`${what}.directions`, given.directions, 'of the arrays of each direction')
  if (list.length !== D) throw new SluiceError('bad-shape', `${what} has the arrays of ${list.length} directions, expected ${D}`)
  list.forEach((uncheckedDirection, d) => {
    const where = `${what}.directions[${d}]`
    const arrays = checkOptions(where, uncheckedDirection, '{ input, recurrent, bias }', kinds)
    const { joined } = arrays
    if (joined !== undefined && (arrays.input !== undefined || arrays.recurrent !== undefined))
      throw new SluiceError('bad-value', `${where} has joined beside input or recurrent, expected one or the other`)
    const places = placesOf(spec, l, layer)
    const [first, second, ...rest] = places as [Place, Place, ...Place[]]
    const both: Place = {
      kind: 'joined',
      gates: first.gates,
      rows: first.rows + second.rows,
      place: (d, row, gate) => (row < first.rows ? first.place(d, row, gate) : second.place(d, row - first.rows, gate)),
    }
    /** Looked up once: there may be millions of elements. */
    const own: Record<string, Float64Array> = {}
    // A second bias is no parameter of most cells: it is added to the first.
    const bias = rest.find(({ kind }) => kind === 'bias')
    const wanted = joined === undefined ? places : [both, ...rest]
    const more =
      bias && arrays.recurrentBias !== undefined && !rest.some(({ kind }) => kind === 'recurrentBias') ? [{ ...bias, kind: 'recurrentBias' as const }] : []
    for (const kind of Object.keys(arrays) as (keyof DirectionArrays)[])
      if (arrays[kind] !== undefined && ![...wanted, ...more].some((place) => place.kind === kind))
        throw new SluiceError('bad-value', `${where} has ${kind}, but the layer has none. Leave it out, or change the layer of the network`)
    for (const { kind, gates, rows, place } of [...wanted, ...more]) {
      const came = arrays[kind]
      if (came === undefined) {
        if (kind === 'recurrentBias') continue // one bias is enough
        throw new SluiceError('bad-value', `${where} lacks ${kind}, which the layer has${kind === 'bias' ? ', unless it says bias: false' : ''}`)
      }
      const [G, H] = [gates.length, layer.hidden]
      const ordered = order.filter((gate) => gates.includes(gate))
      const arrayOf = gatesOf(`${where}.${kind}`, came, ordered.length > 0 ? ordered : gates, rows * H)
      for (let g = 0; g < G; g++) {
        const [numbers, at, count] = arrayOf(g)
        const [factor, plus] = correction(kind, ordered[g], given)
        for (let row = 0; row < rows; row++) {
          const [parameter, start] = place(d, row, gates.indexOf(ordered[g] ?? gates[g]!))
          const to = (own[parameter ?? 'b'] ??= sums.of(`layers.${l}.${parameter ?? 'b'}`))
          const [first, step] = spanOf(given, rows, count, H, row, at)
          for (let unit = 0; unit < H; unit++) to[start + unit]! += factor * numbers[first + unit * step]! + plus
        }
      }
    }
    // The framework adds it even where it has no bias to add it to.
    if (given.forgetBias && !bias)
      throw new SluiceError('bad-value', `${what}.forgetBias is ${given.forgetBias}, but the layer has no bias. Make the layer with one, and pass zeros`)
  })
}
