// The float64 references of the cells. A cell without one does not compile.
import { cells, type CellName } from '../../cells'
import type { CellReference, State } from './cell'
import { gru, gruResetAfter } from './gru'
import { lstm } from './lstm'
import { mgu } from './mgu'
import { rnn, rnnRelu } from './rnn'

export { functionsOf } from './cell'
export type { CellReference, RecurrentWeights, State, Step, StepGradient } from './cell'

export const references: Readonly<Record<CellName, CellReference>> = { rnn, 'rnn-relu': rnnRelu, gru, 'gru-reset-after': gruResetAfter, mgu, lstm }

/** Zero states of the given size. */
export const zeroState = (cell: CellName, size: number): State =>
  cells[cell].states.includes('c') ? { h: new Float64Array(size), c: new Float64Array(size) } : { h: new Float64Array(size) }
