// Steps forward of an RNN (lib/rnn_forward) by workgroups that hold U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/rnn_forward
#import lib/persistent_step

const phases = 1;
const backward = false;

fn row_term(k4: u32, i: u32) -> f32 { return h[row_place + k4][i]; }
// Places past the last unit make what the last makes, and keep it to themselves.
fn unit_of(c: u32) -> u32 { return min(lane * columns + c, step.H4 - 1); }
fn to_hold(k: u32, c: u32) -> vec4f { return U[parameters_of(d, 4 * step.H4 * step.H4) + min(k, 4 * step.H4 - 1) * step.H4 + unit_of(c)]; }

// b, with which the sums begin.
var<private> bias0: vec4f;
var<private> bias1: vec4f;
var<private> bias2: vec4f;
var<private> bias3: vec4f;
fn hold_more() {
  bias0 = bias_at(d, step.H4, unit_of(0));
  bias1 = bias_at(d, step.H4, unit_of(1));
  bias2 = bias_at(d, step.H4, unit_of(2));
  bias3 = bias_at(d, step.H4, unit_of(3));
}

fn make(phase: u32, s: u32, t: u32, b: u32) {
  row_place = state_before(t, b, d);
  sum0 = bias0; sum1 = bias1; sum2 = bias2; sum3 = bias3;
  add_held(false, 0, hidden4);
  let unit = lane * columns;
  finish_units(t, b, d, unit, sum0);
  if (columns > 1) { finish_units(t, b, d, unit + 1, sum1); }
  if (columns > 2) { finish_units(t, b, d, unit + 2, sum2); finish_units(t, b, d, unit + 3, sum3); }
}
