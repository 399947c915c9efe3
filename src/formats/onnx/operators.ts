// How the recurrent operators of ONNX (RNN, GRU, LSTM) write a layer. Their gates have an order of their own, and stand before the hidden
// units: W [D, G·H, I], R [D, G·H, H], B [D, 2·G·H], P [D, 3·H].
import { cells, type CellName } from '../../cells'
import { SluiceError } from '../../errors'
import { directions, hardSlope, type LayerSpec } from '../../spec'

interface Operator {
  readonly op: 'RNN' | 'GRU' | 'LSTM'
  /** The gates in ONNX's order, by their names in Sluice. */
  readonly gates: readonly string[]
  /** Activations of one direction, as ONNX names them, unless the layer has others. */
  readonly activations: readonly string[]
  /** GRU: whether the reset gate acts after the product. */
  readonly linearBeforeReset?: 0 | 1
}

const operators: Readonly<Record<CellName, Operator | null>> = {
  rnn: { op: 'RNN', gates: ['h'], activations: ['Tanh'] },
  'rnn-relu': { op: 'RNN', gates: ['h'], activations: ['Relu'] },
  gru: { op: 'GRU', gates: ['z', 'r', 'n'], activations: ['Sigmoid', 'Tanh'], linearBeforeReset: 0 },
  'gru-reset-after': { op: 'GRU', gates: ['z', 'r', 'n'], activations: ['Sigmoid', 'Tanh'], linearBeforeReset: 1 },
  mgu: null,
  lstm: { op: 'LSTM', gates: ['i', 'o', 'f', 'g'], activations: ['Sigmoid', 'Tanh', 'Tanh'] },
}

/** The operator of a cell. @throws SluiceError `bad-value` for a cell that ONNX does not have. */
export function operatorOf(cell: CellName, what: string): Operator {
  const operator = operators[cell]
  if (!operator)
    throw new SluiceError(
      'bad-value',
      `${what} is ${cell}, which ONNX has no operator for. It has ${Object.keys(operators)
        .filter((name) => operators[name as CellName])
        .join(', ')}: train one of those, or save the network as a Sluice file.`,
    )
  return operator
}

/** An activation in ONNX: a HardSigmoid is alpha x + beta, cut to 0 … 1. */
export interface Activation {
  readonly name: string
  readonly alpha?: number
  readonly beta?: number
}

/** The activations of one direction of a layer. */
export function activationsOf(layer: LayerSpec, what: string): readonly Activation[] {
  const slope = hardSlope(layer)
  return operatorOf(layer.cell, what).activations.map((name) => {
    if (name === 'Sigmoid' && slope !== null) return { name: 'HardSigmoid', alpha: slope, beta: 0.5 }
    return { name: name === 'Tanh' && layer.activation === 'relu' ? 'Relu' : name }
  })
}

/** The layer of an operator whose directions have these activations; null if Sluice has none. */
export function cellOf(
  op: string,
  activations: readonly Activation[],
  linearBeforeReset: number,
): Pick<LayerSpec, 'cell' | 'recurrentActivation' | 'activation'> | null {
  const choices = (Object.keys(operators) as CellName[]).flatMap((cell): Pick<LayerSpec, 'cell' | 'recurrentActivation' | 'activation'>[] =>
    cells[cell].activations
      ? (['sigmoid', 'hard-sigmoid', 'hard-sigmoid-0.2'] as const).flatMap((recurrentActivation) =>
          (['tanh', 'relu'] as const).map((activation) => ({
            cell,
            ...(recurrentActivation !== 'sigmoid' && { recurrentActivation }),
            ...(activation !== 'tanh' && { activation }),
          })),
        )
      : [{ cell }],
  )
  const alike = (a: Activation, b: Activation | undefined) =>
    a.name.toLowerCase() === b?.name.toLowerCase() && Math.abs((a.alpha ?? 0) - (b.alpha ?? 0)) < 1e-6 && Math.abs((a.beta ?? 0) - (b.beta ?? 0)) < 1e-6
  return (
    choices.find((choice) => {
      const operator = operators[choice.cell]
      if (!operator || operator.op !== op || (operator.linearBeforeReset ?? linearBeforeReset) !== linearBeforeReset) return false
      return activationsOf({ hidden: 1, ...choice }, choice.cell).every((activation, i) => alike(activation, activations[i]))
    }) ?? null
  )
}

/** Where the elements of ONNX's tensors of a layer stand in Sluice's parameters: for each tensor its shape, and `from`, which gives for
 * direction d, row r of the gates and column j the parameter and the index in it; null for an element that is zero. */
export interface Slot {
  readonly shape: readonly number[]
  readonly from: (d: number, row: number, column: number) => readonly [parameter: 'W' | 'U' | 'b' | 'bn' | 'p', index: number] | null
}

/** The slots of W, R, B and P. A parameter that the layer lacks has no slot.
 * @param inputs I, the size of the layer's input */
export function slotsOf(layer: LayerSpec, inputs: number, what: string): ReadonlyMap<'W' | 'R' | 'B' | 'P', Slot> {
  const { gates: order } = operatorOf(layer.cell, what)
  const { gates, recurrentBias } = cells[layer.cell]
  const [D, G, H] = [directions(layer), gates.length, layer.hidden]
  /** Gate and unit of a row. */
  const gate = (row: number) => gates.indexOf(order[Math.floor(row / H)]!)
  const slots = new Map<'W' | 'R' | 'B' | 'P', Slot>([
    ['W', { shape: [D, G * H, inputs], from: (d, row, i) => ['W', ((i * D + d) * G + gate(row)) * H + (row % H)] }],
    ['R', { shape: [D, G * H, H], from: (d, row, k) => ['U', ((d * H + k) * G + gate(row)) * H + (row % H)] }],
  ])
  if (layer.bias !== false)
    slots.set('B', {
      shape: [D, 2 * G * H],
      from: (d, _, column) => {
        const row = column % (G * H)
        if (column < G * H) return ['b', (d * G + gate(row)) * H + (row % H)]
        return recurrentBias && gates[gate(row)] === 'n' ? ['bn', d * H + (row % H)] : null
      },
    })
  // Peepholes are in ONNX's order, i o f; in Sluice's i f o.
  if (layer.peepholes) slots.set('P', { shape: [D, 3 * H], from: (d, _, column) => ['p', (d * 3 + [0, 2, 1][Math.floor(column / H)]!) * H + (column % H)] })
  return slots
}
