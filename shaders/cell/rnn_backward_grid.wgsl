// Steps backward of an RNN (lib/rnn_backward) on a GPU.
// Grid: x = ⌈H4 / columns⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/rnn_backward
#import lib/one_phase_backward
