// Steps backward of a GRU (lib/gru_backward) on a GPU.
// Grid: x = ⌈H4 / columns⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/gru_backward
#import lib/two_phase_backward
