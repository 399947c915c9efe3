// The GRU whose reset gate acts after the product (PyTorch, cuDNN, Keras 3), with a recurrent bias of its own.
import type { Cell } from './cell'

export const gruResetAfter = {
  gates: ['r', 'z', 'n'],
  states: ['h'],
  saved: "h' U_n + b'_n",
  recurrentBias: true,
  peepholes: false,
  projection: false,
  activations: true,
  kernel: 'gru_reset_after',
  constants: {},
  forward: ['unit'],
  backward: ['pair'],
  recurrent: [
    { name: 'rz', first: 0, count: 2, state: 'h', gradient: 'gates' },
    { name: 'n', first: 2, count: 1, state: 'h', gradient: 'saved' },
  ],
  resident: true,
  row: 'gru',
  forgetGate: null,
  keeps: { gate: 'z', inverted: false },
  pytorch: { module: 'GRU' },
} as const satisfies Cell
