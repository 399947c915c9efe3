// Steps forward of a GRU (lib/gru_forward) on a GPU.
// Grid: x = ⌈H4 / units⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/gru_forward
#import lib/two_phase_forward
const G = 3u;
fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  if (phase == 0) {
    finish_gates(t, b, d, unit, product[0] + gate_bias(d, 0, unit), product[1] + gate_bias(d, 1, unit));
  } else {
    finish_candidate(t, b, d, unit, product[0] + gate_bias(d, 2, unit));
  }
}
