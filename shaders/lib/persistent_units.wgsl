// What an invocation holds that makes all gates of four units, in steps forward: the c-th block of columns is gate c's.
// The importer declares `U` [D, H, G, H], and has const G.
#import lib/persistent_step
const backward = false;

// Invocations past the last unit make what the last makes, and keep it to themselves.
fn unit_here() -> u32 { return min(lane, step.H4 - 1); }
fn to_hold(k: u32, c: u32) -> vec4f {
  return U[parameters_of(d, 4 * G * step.H4 * step.H4) + (min(k, 4 * step.H4 - 1) * G + min(c, G - 1)) * step.H4 + unit_here()];
}
// b, with which the sums begin.
var<private> bias0: vec4f;
var<private> bias1: vec4f;
var<private> bias2: vec4f;
var<private> bias3: vec4f;
fn hold_more() {
  bias0 = bias_at(d, G * step.H4, unit_here());
  bias1 = bias_at(d, G * step.H4, unit_here() + step.H4);
  bias2 = bias_at(d, G * step.H4, unit_here() + 2 * step.H4);
  if (G > 3) { bias3 = bias_at(d, G * step.H4, unit_here() + 3 * step.H4); }
}
fn begin_units() { sum0 = bias0; sum1 = bias1; sum2 = bias2; sum3 = bias3; }
