// Where the elements of the arrays of a layer stand in the parameters of the network.
import { cells } from '../../cells'
import { SluiceError } from '../../errors'
import { directions, inputSize, isDense, type LayerSpec, type NetworkSpec } from '../../spec'
import type { DirectionArrays } from './arrays'

/** One array of a direction: its rows and gates, and where its elements stand in the parameters; null for one that is zero. */
export interface Place {
  readonly kind: keyof DirectionArrays
  readonly gates: readonly string[]
  readonly rows: number
  readonly place: (d: number, row: number, gate: number, unit: number) => readonly [parameter: string | null, index: number]
}

/** The layers of a network that has recurrent ones alone. @throws SluiceError `bad-value`. */
export function recurrentOnly({ layers }: NetworkSpec): readonly LayerSpec[] {
  return layers.map((layer, l) => {
    if (!isDense(layer)) return layer
    throw new SluiceError(
      'bad-value',
      `layers[${l}] is dense, and the arrays are of recurrent layers. Set its weights by network.writeParameters: layers.${l}.W [I, N] and layers.${l}.b [N]`,
    )
  })
}

export function placesOf(spec: NetworkSpec, l: number): Place[] {
  const layer = spec.layers[l]! as LayerSpec
  const { gates, states, recurrentBias } = cells[layer.cell]
  const [I, D, G, H] = [inputSize(spec, l), directions(layer), gates.length, layer.hidden]
  const bias = (d: number, gate: number, unit: number) => (d * G + gate) * H + unit
  const places: Place[] = [
    { kind: 'input', gates, rows: I, place: (d, i, gate, unit) => ['W', ((i * D + d) * G + gate) * H + unit] },
    { kind: 'recurrent', gates, rows: H, place: (d, k, gate, unit) => ['U', ((d * H + k) * G + gate) * H + unit] },
  ]
  if (layer.bias !== false) {
    places.push({ kind: 'bias', gates, rows: 1, place: (d, _, gate, unit) => ['b', bias(d, gate, unit)] })
    if (recurrentBias)
      places.push({ kind: 'recurrentBias', gates, rows: 1, place: (d, _, gate, unit) => (gate === G - 1 ? ['bn', d * H + unit] : [null, bias(d, gate, unit)]) })
  }
  const peepholes = ['i', 'f', 'o']
  if (layer.peepholes) places.push({ kind: 'peepholes', gates: peepholes, rows: 1, place: (d, _, gate, unit) => ['p', (d * 3 + gate) * H + unit] })
  if (layer.learnInitial)
    for (const state of states) places.push({ kind: `${state}0`, gates: ['all'], rows: 1, place: (d, _row, _gate, unit) => [`${state}0`, d * H + unit] })
  return places
}
