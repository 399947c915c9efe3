// Steps forward of a GRU (lib/gru_forward) by workgroups that hold U: an invocation makes all gates of four units, r and z in
// the first phase, n in the second.
// Grid: x = one workgroup of H4 invocations, y = parts of the rows, z = D.
#import lib/gru_forward
#import lib/persistent_units

const phases = 2;
const G = 3u;

// Whether the row that is multiplied is s or h'.
var<private> candidate: bool;
fn row_term(k4: u32, i: u32) -> f32 {
  if (candidate) { return saved[row_place + k4][i]; }
  return h[row_place + k4][i];
}

fn make(phase: u32, s: u32, t: u32, b: u32) {
  candidate = phase == 1;
  row_place = select(state_before(t, b, d), kept_at(t, b, d) * step.H4, candidate);
  begin_sums();
  add_held(candidate, 0, hidden4);
  if (lane >= step.H4) { return; }
  if (candidate) { finish_candidate(t, b, d, lane, sum2); } else { finish_gates(t, b, d, lane, sum0, sum1); }
}
