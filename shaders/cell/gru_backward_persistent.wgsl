// Steps backward of a GRU (lib/gru_backward) by workgroups that hold U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/gru_backward
#import lib/persistent_gradient

const phases = 2;

// dr and dz of the step after; then dn, of this very step.
fn row_four(k4: u32, i: u32) -> vec4f { return gates[row_place + gate_four(k4, i)]; }
fn begin_row(s: u32, b: u32) { row_place = kept_at(time_after(s), b, d) * 3 * step.H4; }
fn add_terms_of_row() { add_held(false, 0, 2 * padded4); }

fn make_second(s: u32, t: u32, b: u32) {
  row_place = (kept_at(t, b, d) * 3 + 2) * step.H4;
  clear_sums();
  add_held(false, 2 * padded4, padded4);
  finish_row(1, t, b, true);
}
