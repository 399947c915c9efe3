// Steps backward of a minimal gated unit (lib/mgu_backward) on a GPU.
// Grid: x = ⌈H4 / columns⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/mgu_backward
#import lib/two_phase_backward
