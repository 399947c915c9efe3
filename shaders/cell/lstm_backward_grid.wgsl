// Steps backward of an LSTM (lib/lstm_backward) on a GPU.
// Grid: x = ⌈H4 / columns⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/lstm_backward
#import lib/one_phase_backward
