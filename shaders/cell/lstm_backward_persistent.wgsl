// Steps backward of an LSTM (lib/lstm_backward) by workgroups that hold U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = parts of the rows, z = D.
#import lib/lstm_backward
#import lib/persistent_gradient

const phases = 1;

fn row_term(k4: u32, i: u32) -> f32 { return gates[row_place + k4][i]; }
fn begin_row(phase: u32, s: u32, t: u32, b: u32) { row_place = kept_at(time_after(s), b, d) * G * step.H4; }
fn add_terms_of_row(phase: u32) { add_held(false, 0, G * hidden4); }
