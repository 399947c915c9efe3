// Steps forward of an LSTM (lib/lstm_forward) by workgroups that keep U in registers: an invocation makes all gates of four units.
// Grid: x = one workgroup of H4 invocations for each part, y = parts of the rows, z = D.
#import lib/lstm_forward
#import resident/lib/units

const phases = 1;
fn make_second(s: u32, t: u32, b: u32) {}
const G = 4u;

// There is no padding where there are parts: two at most.
fn row_four(k4: u32, i: u32) -> vec4f { return h[row_place + unit_four(k4 + i)]; }
fn multiply_row(t: u32, b: u32) {
  row_place = state_before(t, b, d) + part * held4;
  multiply(0, G, What(0, held4));
}

// The first part begins with b and what the input gives, and leaves its sums where the second looks for that.
fn make_part(s: u32, t: u32, b: u32) {
  begun = false;
  multiply_row(t, b);
  if (lane < step.H4) {
    let row = input_row(t, b, d, 4 * step.H4) + lane;
    let at = kept_at(t, b, d) * 4 * step.H4 + lane;
    gates[at] = bias0 + made[0] + input_at(row, 0);
    gates[at + step.H4] = bias1 + made[1] + input_at(row, step.H4);
    gates[at + 2 * step.H4] = bias2 + made[2] + input_at(row, 2 * step.H4);
    gates[at + 3 * step.H4] = bias3 + made[3] + input_at(row, 3 * step.H4);
  }
}
fn make(s: u32, t: u32, b: u32) {
  begun = parts > 1;
  multiply_row(t, b);
  var product = mat4x4f(made[0], made[1], made[2], made[3]);
  if (parts == 1) { product += mat4x4f(bias0, bias1, bias2, bias3); }
  if (lane < step.H4) { finish(t, b, d, lane, product); }
}
