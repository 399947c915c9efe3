// The frame of a cell whose last gate, the candidate, needs a second product, with `saved`, which the first phase leaves.
#expects var h: array<vec4f>
#expects var saved: array<vec4f>
#import lib/recurrence_forward
const phases = 2;
fn gates_of(phase: u32) -> GateRange {
  if (phase == 0) { return GateRange(0, G - 1); }
  return GateRange(G - 1, 1);
}
fn load_left(phase: u32, i: u32) -> vec4f {
  if (phase == 0) { return h[i]; }
  return saved[i];
}
fn left_row(phase: u32, t: u32, b: u32, d: u32) -> u32 {
  if (phase == 0) { return state_before(t, b, d); }
  return segment_row(t, b, d) * step.H4;
}
