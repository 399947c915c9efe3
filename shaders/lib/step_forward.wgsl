// What a step forward reads beside the product with U. The importer declares `ids`, `W`, `U` and `gates`.

// Whether the layer reads ids: x W is then a row of W, and looked up where it is needed.
override looks_up: bool = false;

// Whether `gates` has what the input gives all the same, as parts of a step before this have begun with it.
var<private> begun: bool = false;

// Where what the input gives to row b begins, of `width` columns in vec4f: in W, of ids, or in `gates`.
fn input_row(t: u32, b: u32, d: u32, width: u32) -> u32 {
  if (looks_up && !begun) { return (ids[t * step.B + b] * step.D + d) * width; }
  return kept_at(t, b, d) * width;
}

// Four columns of such a row: x W, looked up, or x W + b, made before the steps.
fn input_at(row: u32, column: u32) -> vec4f {
  if (looks_up && !begun) { return W[row + column]; }
  return gates[row + column];
}

// b of four columns, where `input_at` has it not: what a sum of products begins with.
fn bias_at(d: u32, width: u32, column: u32) -> vec4f {
  if (!looks_up || step.b == 0) { return vec4f(); }
  return U[step.b + parameters_of(d, width) + column];
}
