// What keeps the kernels of GPUs within few registers.

// Browsers guard a loop whose end is no constant, lest it be endless: two registers of each invocation, and five instructions an
// iteration. A loop to a constant has no guard. So these loops end there, and break before.
const max_iterations = 0x1000000u;

// Eight rows of one block of four columns: the accumulators of an invocation. Rows that it does not compute cost nothing.
struct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }

// sum + x · m: four terms of a row, times the four rows of m.
fn fma_terms(sum: vec4f, x: vec4f, m: mat4x4f) -> vec4f {
  return fma(vec4f(x.w), m[3], fma(vec4f(x.z), m[2], fma(vec4f(x.y), m[1], fma(vec4f(x.x), m[0], sum))));
}
