// The frame of a cell whose state receives the gradients of all gates of the step after through one product.
#expects var gates: array<vec4f>
#import lib/recurrence_backward
const phases = 1;
fn load_left(phase: u32, i: u32) -> vec4f { return gates[i]; }
fn accumulate_phase(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, invocation: Invocation) {
  let row = G * step.H4;
  accumulate_gates(sums, phase, time_after(s, invocation.d), unit, invocation, row, 0, 0, if_after(s, row));
}
