// The gradient of lib/state_dropout: what the state receives through a product with U passes the mask, which lies behind the gradient that is
// carried in `dh`. This function has the name that the frame of a step backward calls (src/gpu/choices.ts).
#expects var step: Step
#expects var dh: array<vec4f>
#expects fn carried_offset(b: u32, d: u32) -> u32
#expects fn whole_finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f)

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  whole_finish(phase, t, b, d, unit, product * dh[step.B * step.D * step.H4 + carried_offset(b, d) + unit]);
}
