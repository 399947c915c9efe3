// What the steps forward of all cells share beside lib/step.
#expects var ids: array<u32>
#expects var W: array<vec4f>
#expects var U: array<vec4f>
#expects var gates: array<vec4f>
#import lib/step

// Whether the layer reads ids: x W is then a row of W, and looked up where it is needed.
override reads_ids: bool = false;

// Whether `gates` has what the input gives all the same, as an earlier K slice of the step has added it.
var<private> input_added: bool = false;

// Where what the input gives to row b begins, of `width` columns in vec4f: in W, of ids, or in `gates`.
fn input_row(t: u32, b: u32, d: u32, width: u32) -> u32 {
  if (reads_ids && !input_added) { return (ids[t * step.B + b] * step.D + d) * width; }
  return segment_row(t, b, d) * width;
}

// Four columns of such a row: x W, looked up, or x W + b, made before the steps.
fn input_columns(row: u32, column: u32) -> vec4f {
  if (reads_ids && !input_added) { return W[row + column]; }
  return gates[row + column];
}

// b of four columns, unless `input_columns` has it: what a sum of products begins with.
fn input_bias(d: u32, width: u32, column: u32) -> vec4f {
  if (!reads_ids || step.b == 0) { return vec4f(); }
  return U[step.b + direction_offset(d, width) + column];
}
