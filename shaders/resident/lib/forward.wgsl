// What an invocation keeps in registers in steps forward: blocks of four columns of U [D, H, G, H], and of b, to which the products are added.
#expects var U: array<vec4f>
#expects const G
#import resident/lib/step
#import lib/step_forward

const backward = false;

// Which columns of a row of U, in vec4f, the c-th block is: the c-th of the invocation's units, or gate c of its four units. Invocations past the
// last unit compute what the last does, and store nothing; there is no gate past the last.
fn column_of(c: u32) -> u32 {
  if (G == 1) { return min(lane * columns + c, step.H4 - 1); }
  return min(c, G - 1) * step.H4 + min(lane, step.H4 - 1);
}

fn resident_block(k4: u32, c: u32) -> mat4x4f {
  let width = G * step.H4;
  let four = k_slice * resident_k4 + k4;
  let offset = direction_offset(d, 4 * step.H4 * width) + 4 * min(four, step.H4 - 1) * width + column_of(c);
  return mat4x4f(U[offset], U[offset + width], U[offset + 2 * width], U[offset + 3 * width]) * select(0.0, 1.0, four < step.H4);
}

var<private> bias0: vec4f;
var<private> bias1: vec4f;
var<private> bias2: vec4f;
var<private> bias3: vec4f;
fn load_more() {
  bias0 = input_bias(d, G * step.H4, column_of(0));
  bias1 = input_bias(d, G * step.H4, column_of(1));
  bias2 = input_bias(d, G * step.H4, column_of(2));
  bias3 = input_bias(d, G * step.H4, column_of(3));
}
