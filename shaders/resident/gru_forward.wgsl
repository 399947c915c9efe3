// Steps forward of a GRU (lib/gru_forward) with register-resident U: an invocation has all gates of four units, first r and z,
// then n.
// Grid: x = one workgroup of H4 invocations, y = workgroups of rows, z = D.
#import lib/gru_forward
#import resident/lib/forward

const phases = 2;
fn accumulate_slice(s: u32, t: u32, b: u32) {}
const G = 3u;

// Whether the row that is multiplied is s or h'.
var<private> candidate: bool;
fn load_row4(k4: u32, i: u32) -> vec4f {
  if (candidate) { return saved[row_offset + unit_four(k4 + i)]; }
  return h[row_offset + unit_four(k4 + i)];
}

fn run_phase_0(s: u32, t: u32, b: u32) {
  candidate = false;
  row_offset = state_before(t, b, d);
  multiply(0, 2, KRange(0, padded4));
  if (lane < step.H4) { finish_gates(t, b, d, lane, bias0 + accumulators[0], bias1 + accumulators[1]); }
}
fn run_phase_1(s: u32, t: u32, b: u32) {
  candidate = true;
  row_offset = segment_row(t, b, d) * step.H4;
  multiply(2, G, KRange(0, padded4));
  if (lane < step.H4) { finish_candidate(t, b, d, lane, bias2 + accumulators[2]); }
}
