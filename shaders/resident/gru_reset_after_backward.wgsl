// Steps backward of a GRU with the reset gate after the product (lib/gru_reset_after_backward) with register-resident U: a
// block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = workgroups of rows, z = D.
#import lib/gru_reset_after_backward
#import resident/lib/gradient

const phases = 1;
fn run_phase_1(s: u32, t: u32, b: u32) {}

// dr and dz, then ds, which lies in `saved`.
const lhs_gates = G;
var<private> saved_offset: u32;
fn load_row4(k4: u32, i: u32) -> vec4f {
  if (k4 >= 2 * padded4) { return saved[saved_offset + unit_four(k4 % padded4 + i)]; }
  return gates[row_offset + gate_four(k4, i)];
}
fn set_row(s: u32, b: u32) {
  saved_offset = segment_row(time_after(s, d), b, d) * step.H4;
  row_offset = 3 * saved_offset;
}
