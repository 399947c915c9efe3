// Steps backward of a GRU (lib/gru_backward) by workgroups that hold U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/gru_backward
#import lib/persistent_gradient

const phases = 2;

// dr and dz of the step after; then dn, of this very step.
fn row_term(k4: u32, i: u32) -> f32 { return gates[row_place + k4][i]; }
fn begin_row(phase: u32, s: u32, t: u32, b: u32) {
  if (phase == 0) { row_place = kept_at(time_after(s), b, d) * 3 * step.H4; } else { row_place = kept_at(t, b, d) * 3 * step.H4 + 2 * step.H4; }
}
fn add_terms_of_row(phase: u32) {
  if (phase == 0) { add_held(false, 0, 2 * hidden4); } else { add_held(false, 2 * hidden4, hidden4); }
}
