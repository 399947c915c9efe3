// The GRU whose reset gate acts before the product (Cho et al. 2014; Dive into Deep Learning).
import type { Cell } from './cell'

export const gru = {
  gates: ['r', 'z', 'n'],
  states: ['h'],
  saved: "r ⊙ h'",
  recurrentBias: false,
  peepholes: false,
  projection: false,
  activations: true,
  kernel: 'gru',
  constants: {},
  forward: ['unit', 'pair'],
  backward: ['pair', 'pair'],
  recurrent: [
    { name: 'rz', first: 0, count: 2, state: 'h', gradient: 'gates' },
    { name: 'n', first: 2, count: 1, state: 'saved', gradient: 'gates' },
  ],
  resident: true,
  row: 'gru',
  forgetGate: null,
  keeps: { gate: 'z', inverted: false },
  pytorch: { none: 'is a gru, whose reset gate acts before the product; PyTorch has the other form. Make the network with gru-reset-after.' },
} as const satisfies Cell
