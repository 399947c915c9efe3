// Steps backward of an RNN (lib/rnn_backward) by workgroups that keep U in registers: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/rnn_backward
#import resident/lib/gradient

const phases = 1;
fn make_second(s: u32, t: u32, b: u32) {}

fn row_four(k4: u32, i: u32) -> vec4f { return gates[row_place + gate_four(k4, i)]; }
fn begin_row(s: u32, b: u32) { row_place = kept_at(time_after(s), b, d) * G * step.H4; }
const first_terms = G;
