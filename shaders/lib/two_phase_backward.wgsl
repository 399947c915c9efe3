// The state receives the gradients of the gates but the last of the step after; then `saved` that of the candidate, of this very step.
#import lib/recurrence_backward
const phases = 2;
fn load_left(phase: u32, i: u32) -> vec4f { return gates[i]; }
fn add_products(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, place: Place) {
  let H4 = step.H4;
  if (phase == 0) {
    add_gates(sums, phase, time_after(s, place.d), unit, place, G * H4, 0, 0, if_after(s, (G - 1) * H4));
  } else {
    add_gates(sums, phase, time(s, place.d), unit, place, G * H4, (G - 1) * H4, (G - 1) * H4, H4);
  }
}
