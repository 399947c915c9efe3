// What a step backward reads beside the product with U. The importer declares `dy`.
const backward = true;

// Whether `dy` shall hold dL/dh of each step afterwards, for inspection.
override keep: bool = false;

// The gradient of an output where it was made beforehand.
fn output_gradient(at: u32) -> vec4f {
  if (stacked && layer + 1 < step.layers) { return vec4f(); }
  return dy[at];
}
