// The frame of a cell whose state receives the gradients of all gates but the last of the step after; then `saved` receives that of the
// candidate, of this very step.
#expects var gates: array<vec4f>
#import lib/recurrence_backward
const phases = 2;
fn load_left(phase: u32, i: u32) -> vec4f { return gates[i]; }
fn accumulate_phase(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, invocation: Invocation) {
  let H4 = step.H4;
  if (phase == 0) {
    accumulate_gates(sums, phase, time_after(s, invocation.d), unit, invocation, G * H4, 0, 0, if_after(s, (G - 1) * H4));
  } else {
    accumulate_gates(sums, phase, time(s, invocation.d), unit, invocation, G * H4, (G - 1) * H4, (G - 1) * H4, H4);
  }
}
