// Steps forward of a GRU with the reset gate after the product (lib/gru_reset_after_forward) on a GPU.
// Grid: x = ⌈H4 / units⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/gru_reset_after_forward
#import lib/one_phase_forward
const G = 3u;
// The candidate's bias is beside its product: the reset gate acts on that alone.
fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  finish(t, b, d, unit, mat4x4f(product[0] + gate_bias(d, 0, unit), product[1] + gate_bias(d, 1, unit), product[2], gate_bias(d, 2, unit)));
}
