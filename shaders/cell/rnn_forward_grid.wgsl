// Steps forward of an RNN (lib/rnn_forward) on a GPU.
// Grid: x = ⌈H4 / units⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/rnn_forward
#import lib/one_phase_forward
const G = 1u;
fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) { finish_units(t, b, d, unit, product[0] + gate_bias(d, 0, unit)); }
