// Dropout of the state before its product with U. The mask of a row, the same at every step, lies behind the states in `h`. What a step forward
// multiplies by U is taken through this function (src/gpu/choices.ts).
#expects var step: Step
#expects var h: array<vec4f>

// An element of h' or of `saved`, in vec4f from the first row of a slot.
fn masked(value: vec4f, i: u32) -> vec4f {
  let slot = step.B * step.D * step.H4;
  return value * h[(step.T + 2) * slot + i % slot];
}
