// The state receives the gradients of all gates of the step after, through one product.
#import lib/recurrence_backward
const phases = 1;
fn load_left(phase: u32, i: u32) -> vec4f { return gates[i]; }
fn add_products(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, place: Place) {
  let row = G * step.H4;
  add_gates(sums, phase, time_after(s, place.d), unit, place, row, 0, 0, if_after(s, row));
}
