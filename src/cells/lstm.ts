// The LSTM (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000; peepholes: Gers et al. 2002).
import { oneProduct, type Cell } from './cell'

export const lstm = {
  gates: ['i', 'f', 'g', 'o'],
  states: ['h', 'c'],
  saved: null,
  recurrentBias: false,
  peepholes: true,
  projection: true,
  activations: true,
  kernel: 'lstm',
  constants: {},
  forward: ['quad'],
  backward: ['pair'],
  recurrent: /* @__PURE__ */ oneProduct(4),
  resident: true,
  row: 'lstm',
  forgetGate: 'f',
  keeps: { gate: 'f', inverted: false },
  pytorch: { module: 'LSTM' },
} as const satisfies Cell
