// What an invocation holds in steps forward: blocks of four columns of U, and of b, to which the products are added. The importer
// declares `U` [D, H, G, H], and has const G and
//   column_of(c)     which columns of a row of U, in vec4f, its c-th block is
#import resident/lib/step
const backward = false;

fn to_hold(k4: u32, c: u32) -> mat4x4f {
  let width = G * step.H4;
  let four = part * held4 + k4;
  let at = parameters_of(d, 4 * step.H4 * width) + 4 * min(four, step.H4 - 1) * width + column_of(c);
  return mat4x4f(U[at], U[at + width], U[at + 2 * width], U[at + 3 * width]) * select(0.0, 1.0, four < step.H4);
}

var<private> bias0: vec4f;
var<private> bias1: vec4f;
var<private> bias2: vec4f;
var<private> bias3: vec4f;
fn hold_more() {
  bias0 = bias_at(d, G * step.H4, column_of(0));
  bias1 = bias_at(d, G * step.H4, column_of(1));
  bias2 = bias_at(d, G * step.H4, column_of(2));
  bias3 = bias_at(d, G * step.H4, column_of(3));
}
