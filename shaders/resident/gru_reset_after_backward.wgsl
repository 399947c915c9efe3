// Steps backward of a GRU with the reset gate after the product (lib/gru_reset_after_backward) by workgroups that keep U in registers: a
// block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/gru_reset_after_backward
#import resident/lib/gradient

const phases = 1;
fn make_second(s: u32, t: u32, b: u32) {}

// dr and dz, then ds, which lies in `saved`.
const first_terms = G;
var<private> saved_place: u32;
fn row_four(k4: u32, i: u32) -> vec4f {
  if (k4 >= 2 * padded4) { return saved[saved_place + unit_four(k4 % padded4 + i)]; }
  return gates[row_place + gate_four(k4, i)];
}
fn begin_row(s: u32, b: u32) {
  saved_place = kept_at(time_after(s), b, d) * step.H4;
  row_place = 3 * saved_place;
}
