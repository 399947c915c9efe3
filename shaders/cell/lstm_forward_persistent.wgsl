// Steps forward of an LSTM (lib/lstm_forward) by workgroups that hold U: an invocation makes all gates of four units.
// Grid: x = one workgroup of H4 invocations for each part, y = parts of the rows, z = D.
#import lib/lstm_forward
#import lib/persistent_units

const phases = 1;
fn make_second(s: u32, t: u32, b: u32) {}
const G = 4u;

// There is no padding where there are parts: two at most.
fn row_four(k4: u32, i: u32) -> vec4f { return h[row_place + unit_four(k4 + i)]; }
fn add_terms_of_row(t: u32, b: u32) {
  row_place = state_before(t, b, d) + part * held4;
  add_held(false, 0, held4);
}

// The first part begins with b and what the input gives, and leaves its sums where the second looks for that.
fn make_part(s: u32, t: u32, b: u32) {
  begun = false;
  begin_sums();
  add_terms_of_row(t, b);
  if (lane < step.H4) {
    let row = input_row(t, b, d, 4 * step.H4) + lane;
    let at = kept_at(t, b, d) * 4 * step.H4 + lane;
    gates[at] = sum0 + input_at(row, 0);
    gates[at + step.H4] = sum1 + input_at(row, step.H4);
    gates[at + 2 * step.H4] = sum2 + input_at(row, 2 * step.H4);
    gates[at + 3 * step.H4] = sum3 + input_at(row, 3 * step.H4);
  }
}
fn make(s: u32, t: u32, b: u32) {
  if (parts == 1) { begin_sums(); } else { clear_sums(); }
  begun = parts > 1;
  add_terms_of_row(t, b);
  if (lane < step.H4) { finish(t, b, d, lane, mat4x4f(sum0, sum1, sum2, sum3)); }
}
