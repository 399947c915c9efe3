// Steps forward of an LSTM (lib/lstm_forward) on a GPU.
// Grid: x = ⌈H4 / units⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/lstm_forward
#import lib/one_phase_forward
const G = 4u;
fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  finish(t, b, d, unit, product + mat4x4f(bias_of(d, 0, unit), bias_of(d, 1, unit), bias_of(d, 2, unit), bias_of(d, 3, unit)));
}
