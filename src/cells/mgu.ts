// The minimal gated unit (Zhou, Wu, Zhang and Zhou 2016, https://arxiv.org/abs/1603.09420): one gate both resets the state within
// the candidate and blends the candidate into it.
import type { Cell } from './cell'

export const mgu = {
  gates: ['f', 'n'],
  states: ['h'],
  saved: "f ⊙ h'",
  recurrentBias: false,
  peepholes: false,
  projection: false,
  activations: false,
  kernel: 'mgu',
  constants: {},
  forward: ['pair', 'pair'],
  backward: ['pair', 'pair'],
  recurrent: [
    { name: 'f', first: 0, count: 1, state: 'h', gradient: 'gates' },
    { name: 'n', first: 1, count: 1, state: 'saved', gradient: 'gates' },
  ],
  resident: false,
  row: 'mgu',
  forgetGate: null,
  keeps: { gate: 'f', inverted: true },
  pytorch: { none: 'is an mgu, which PyTorch has not. Make the network with gru-reset-after.' },
} as const satisfies Cell
