// Steps backward of a GRU with the reset gate after the product (lib/gru_reset_after_backward) by workgroups that hold U: a
// block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/gru_reset_after_backward
#import lib/persistent_gradient

const phases = 1;

// Whether the terms are ds, which lie in `saved`, or dr and dz.
var<private> candidate: bool;
var<private> saved_place: u32;
fn row_term(k4: u32, i: u32) -> f32 {
  if (candidate) { return saved[saved_place + k4][i]; }
  return gates[row_place + k4][i];
}
fn begin_row(phase: u32, s: u32, t: u32, b: u32) {
  saved_place = kept_at(time_after(s), b, d) * step.H4;
  row_place = 3 * saved_place;
}
fn add_terms_of_row(phase: u32) {
  candidate = false;
  add_held(false, 0, 2 * hidden4);
  candidate = true;
  add_held(false, 2 * hidden4, hidden4);
}
