// The Elman network, with tanh or relu.
import { oneProduct, type Cell } from './cell'

export const rnn = {
  gates: ['h'],
  states: ['h'],
  saved: null,
  recurrentBias: false,
  peepholes: false,
  projection: false,
  activations: false,
  kernel: 'rnn',
  constants: { relu: false },
  forward: ['pair'],
  backward: ['pair'],
  recurrent: /* @__PURE__ */ oneProduct(1),
  resident: true,
  row: 'rnn',
  forgetGate: null,
  keeps: null,
  pytorch: { module: 'RNN' },
} as const satisfies Cell

export const rnnRelu = { ...rnn, constants: { relu: true } } as const satisfies Cell
