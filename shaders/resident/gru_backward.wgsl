// Steps backward of a GRU (lib/gru_backward) with register-resident U: a block of columns is four units.
// Grid: x = one workgroup of ⌈H4 / columns⌉ invocations, y = workgroups of rows, z = D.
#import lib/gru_backward
#import resident/lib/gradient

const phases = 2;

// dr and dz of the step after; then dn, of this very step.
fn load_row4(k4: u32, i: u32) -> vec4f { return gates[row_offset + gate_four(k4, i)]; }
fn set_row(s: u32, b: u32) { row_offset = segment_row(time_after(s, d), b, d) * 3 * step.H4; }
const lhs_gates = 2u;

fn run_phase_1(s: u32, t: u32, b: u32) {
  row_offset = (segment_row(t, b, d) * 3 + 2) * step.H4;
  multiply_row(Row(1, t, b, true), KRange(2 * padded4, padded4));
}
