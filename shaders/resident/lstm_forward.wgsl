// Steps forward of an LSTM (lib/lstm_forward) with register-resident U: an invocation has all gates of four units.
// Grid: x = one workgroup of H4 invocations for each K slice, y = workgroups of rows, z = D.
#import lib/lstm_forward
#import resident/lib/forward

const phases = 1;
fn run_phase_1(s: u32, t: u32, b: u32) {}
const G = 4u;

// There is no padding where there are K slices: two at most.
fn load_row4(k4: u32, i: u32) -> vec4f { return h[row_offset + unit_four(k4 + i)]; }
fn multiply_row(t: u32, b: u32) {
  row_offset = state_before(t, b, d) + k_slice * resident_k4;
  multiply(0, G, KRange(0, resident_k4));
}

// The first K slice begins with b and what the input gives, and leaves its sums where the second looks for that.
fn accumulate_slice(s: u32, t: u32, b: u32) {
  input_added = false;
  multiply_row(t, b);
  if (lane < step.H4) {
    let row = input_row(t, b, d, 4 * step.H4) + lane;
    let offset = segment_row(t, b, d) * 4 * step.H4 + lane;
    gates[offset] = bias0 + accumulators[0] + input_columns(row, 0);
    gates[offset + step.H4] = bias1 + accumulators[1] + input_columns(row, step.H4);
    gates[offset + 2 * step.H4] = bias2 + accumulators[2] + input_columns(row, 2 * step.H4);
    gates[offset + 3 * step.H4] = bias3 + accumulators[3] + input_columns(row, 3 * step.H4);
  }
}
fn run_phase_0(s: u32, t: u32, b: u32) {
  input_added = k_slices > 1;
  multiply_row(t, b);
  var product = mat4x4f(accumulators[0], accumulators[1], accumulators[2], accumulators[3]);
  if (k_slices == 1) { product += mat4x4f(bias0, bias1, bias2, bias3); }
  if (lane < step.H4) { finish(t, b, d, lane, product); }
}
