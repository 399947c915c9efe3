// Steps backward of an RNN (lib/rnn_backward) with register-resident U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = workgroups of rows, z = D.
#import lib/rnn_backward
#import resident/lib/gradient

const phases = 1;
fn run_phase_1(s: u32, t: u32, b: u32) {}

fn load_row4(k4: u32, i: u32) -> vec4f { return gates[row_offset + gate_four(k4, i)]; }
fn set_row(s: u32, b: u32) { row_offset = segment_row(time_after(s, d), b, d) * G * step.H4; }
const lhs_gates = G;
