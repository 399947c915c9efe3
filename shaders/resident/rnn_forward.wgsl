// Steps forward of an RNN (lib/rnn_forward) with register-resident U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = workgroups of rows, z = D.
#import lib/rnn_forward
#import resident/lib/forward

const phases = 1;
fn accumulate_slice(s: u32, t: u32, b: u32) {}
fn run_phase_1(s: u32, t: u32, b: u32) {}
const G = 1u;

fn load_row4(k4: u32, i: u32) -> vec4f { return h[row_offset + unit_four(k4 + i)]; }

fn run_phase_0(s: u32, t: u32, b: u32) {
  row_offset = state_before(t, b, d);
  multiply(0, columns, KRange(0, padded4));
  let unit = lane * columns;
  finish_units(t, b, d, unit, bias0 + accumulators[0]);
  if (columns > 1) { finish_units(t, b, d, unit + 1, bias1 + accumulators[1]); }
  if (columns > 2) { finish_units(t, b, d, unit + 2, bias2 + accumulators[2]); finish_units(t, b, d, unit + 3, bias3 + accumulators[3]); }
}
