// Steps forward of a GRU with the reset gate after the product (lib/gru_reset_after_forward) with register-resident U: an
// invocation has all gates of four units.
// Grid: x = one workgroup of H4 invocations, y = workgroups of rows, z = D.
#import lib/gru_reset_after_forward
#import resident/lib/forward

const phases = 1;
fn accumulate_slice(s: u32, t: u32, b: u32) {}
fn run_phase_1(s: u32, t: u32, b: u32) {}
const G = 3u;

fn load_row4(k4: u32, i: u32) -> vec4f { return h[row_offset + unit_four(k4 + i)]; }

fn run_phase_0(s: u32, t: u32, b: u32) {
  row_offset = state_before(t, b, d);
  multiply(0, G, KRange(0, padded4));
  if (lane < step.H4) { finish(t, b, d, lane, mat4x4f(bias0 + accumulators[0], bias1 + accumulators[1], accumulators[2], bias2)); }
}
