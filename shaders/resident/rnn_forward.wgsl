// Steps forward of an RNN (lib/rnn_forward) by workgroups that keep U in registers: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/rnn_forward
#import resident/lib/forward

const phases = 1;
fn make_part(s: u32, t: u32, b: u32) {}
fn make_second(s: u32, t: u32, b: u32) {}
const G = 1u;

fn row_four(k4: u32, i: u32) -> vec4f { return h[row_place + unit_four(k4 + i)]; }
// Places past the last unit make what the last makes, and keep it to themselves.
fn column_of(c: u32) -> u32 { return min(lane * columns + c, step.H4 - 1); }

fn make(s: u32, t: u32, b: u32) {
  row_place = state_before(t, b, d);
  multiply(0, columns, What(0, padded4));
  let unit = lane * columns;
  finish_units(t, b, d, unit, bias0 + made[0]);
  if (columns > 1) { finish_units(t, b, d, unit + 1, bias1 + made[1]); }
  if (columns > 2) { finish_units(t, b, d, unit + 2, bias2 + made[2]); finish_units(t, b, d, unit + 3, bias3 + made[3]); }
}
