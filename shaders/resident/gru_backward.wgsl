// Steps backward of a GRU (lib/gru_backward) by workgroups that keep U in registers: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/gru_backward
#import resident/lib/gradient

const phases = 2;

// dr and dz of the step after; then dn, of this very step.
fn row_four(k4: u32, i: u32) -> vec4f { return gates[row_place + gate_four(k4, i)]; }
fn begin_row(s: u32, b: u32) { row_place = kept_at(time_after(s), b, d) * 3 * step.H4; }
const first_terms = 2u;

fn make_second(s: u32, t: u32, b: u32) {
  row_place = (kept_at(t, b, d) * 3 + 2) * step.H4;
  make_row(Row(1, t, b, true), What(2 * padded4, padded4));
}
