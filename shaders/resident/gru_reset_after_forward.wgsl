// Steps forward of a GRU with the reset gate after the product (lib/gru_reset_after_forward) by workgroups that keep U in registers: an
// invocation makes all gates of four units.
// Grid: x = one workgroup of H4 invocations, y = parts of the rows, z = D.
#import lib/gru_reset_after_forward
#import resident/lib/units

const phases = 1;
fn make_part(s: u32, t: u32, b: u32) {}
fn make_second(s: u32, t: u32, b: u32) {}
const G = 3u;

fn row_four(k4: u32, i: u32) -> vec4f { return h[row_place + unit_four(k4 + i)]; }

fn make(s: u32, t: u32, b: u32) {
  row_place = state_before(t, b, d);
  multiply(0, G, What(0, padded4));
  if (lane < step.H4) { finish(t, b, d, lane, mat4x4f(bias0 + made[0], bias1 + made[1], made[2], bias2)); }
}
