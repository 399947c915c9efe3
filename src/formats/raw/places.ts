// Where the elements of the arrays of a layer stand in the parameters of the network.
import { cells } from '../../cells'
import { SluiceError } from '../../errors'
import { directions, inputSize, type LayerSpec, type NetworkSpec } from '../../spec'
import type { DirectionArrays } from './arrays'

/** One array of a direction: its rows and gates, and where the H numbers of a row and a gate begin in the parameters; null for those that are
 * zero. */
export interface Place {
  readonly kind: keyof DirectionArrays
  readonly gates: readonly string[]
  readonly rows: number
  readonly place: (d: number, row: number, gate: number) => readonly [parameter: string | null, index: number]
}

/** @throws SluiceError `bad-value` for a layer that projects its state. */
export function placesOf(spec: NetworkSpec, l: number, layer: LayerSpec): Place[] {
  if (layer.projection !== undefined)
    throw new SluiceError(
      'bad-value',
      `layers[${l}].projection is set, and arrays by gates have no place for a projection. Write the parameters themselves (layers.${l}.R is [D, H, P]), or the tensors of PyTorch`,
    )
  const { gates, states, recurrentBias } = cells[layer.cell]
  const [I, D, G, H] = [inputSize(spec, l), directions(layer), gates.length, layer.hidden]
  const bias = (d: number, gate: number) => (d * G + gate) * H
  const places: Place[] = [
    { kind: 'input', gates, rows: I, place: (d, i, gate) => ['W', ((i * D + d) * G + gate) * H] },
    { kind: 'recurrent', gates, rows: H, place: (d, k, gate) => ['U', ((d * H + k) * G + gate) * H] },
  ]
  if (layer.bias !== false) {
    places.push({ kind: 'bias', gates, rows: 1, place: (d, _, gate) => ['b', bias(d, gate)] })
    if (recurrentBias) places.push({ kind: 'recurrentBias', gates, rows: 1, place: (d, _, gate) => (gate === G - 1 ? ['bn', d * H] : [null, bias(d, gate)]) })
  }
  const peepholes = ['i', 'f', 'o']
  if (layer.peepholes) places.push({ kind: 'peepholes', gates: peepholes, rows: 1, place: (d, _, gate) => ['p', (d * 3 + gate) * H] })
  if (layer.learnInitial) for (const state of states) places.push({ kind: `${state}0`, gates: ['all'], rows: 1, place: (d) => [`${state}0`, d * H] })
  return places
}
