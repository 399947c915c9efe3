// Steps forward of a GRU (lib/gru_forward) by workgroups that keep U in registers: an invocation makes all gates of four units, first r and z,
// then n.
// Grid: x = one workgroup of H4 invocations, y = parts of the rows, z = D.
#import lib/gru_forward
#import resident/lib/units

const phases = 2;
fn make_part(s: u32, t: u32, b: u32) {}
const G = 3u;

// Whether the row that is multiplied is s or h'.
var<private> candidate: bool;
fn row_four(k4: u32, i: u32) -> vec4f {
  if (candidate) { return saved[row_place + unit_four(k4 + i)]; }
  return h[row_place + unit_four(k4 + i)];
}

fn make(s: u32, t: u32, b: u32) {
  candidate = false;
  row_place = state_before(t, b, d);
  multiply(0, 2, What(0, padded4));
  if (lane < step.H4) { finish_gates(t, b, d, lane, bias0 + made[0], bias1 + made[1]); }
}
fn make_second(s: u32, t: u32, b: u32) {
  candidate = true;
  row_place = kept_at(t, b, d) * step.H4;
  multiply(2, G, What(0, padded4));
  if (lane < step.H4) { finish_candidate(t, b, d, lane, bias2 + made[2]); }
}
