// Steps forward of an LSTM (lib/lstm_forward) on a GPU.
// Grid: x = ⌈H4 / units⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/lstm_forward
#import lib/one_phase_forward
const G = 4u;
fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  finish(t, b, d, unit, product + mat4x4f(gate_bias(d, 0, unit), gate_bias(d, 1, unit), gate_bias(d, 2, unit), gate_bias(d, 3, unit)));
}
