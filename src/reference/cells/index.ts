// The float64 references of the cells. A cell without one does not compile.
import { cells, type CellName } from '../../cells'
import { stateSize, type LayerSpec } from '../../spec'
import type { CellReference, State } from './cell'
import { gru, gruResetAfter } from './gru'
import { lstm } from './lstm'
import { mgu } from './mgu'
import { rnn, rnnRelu } from './rnn'

export { functionsOf } from './cell'
export type { CellReference, RecurrentWeights, State, Step, StepGradient } from './cell'

export const references: Readonly<Record<CellName, CellReference>> = { rnn, 'rnn-relu': rnnRelu, gru, 'gru-reset-after': gruResetAfter, mgu, lstm }

/** Zero states of so many rows of a layer. */
export const zeroState = (layer: LayerSpec, rows: number): State => {
  const zeros = (state: 'h' | 'c') => new Float64Array(rows * stateSize(layer, state))
  return { h: zeros('h'), ...(cells[layer.cell].states.includes('c') && { c: zeros('c') }) }
}
