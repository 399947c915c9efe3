// The products of a step forward, for a tile: terms in fours, U [D, H, G, H] with `stride` = G · H4 from a term to the next;
// of a layer in a stack W is the same. The importer declares `ids`, `W`, `U`, `gates` and `h`.

// Whether the layer, or the first of a stack, reads ids: x W is then a row of W, and looked up where it is needed.
override looks_up: bool = false;

fn block_of_U(at: vec4u) -> mat4x4f { return mat4x4f(U[at.x], U[at.y], U[at.z], U[at.w]); }

// tile += the product of the rows that begin at `rows` and of the two column blocks that begin at `right`.
fn add_product(tile: ptr<function, Tile>, rows: TileRows, right: vec2u, stride: u32) {
  let H4 = step.H4;
  let four = 4 * stride;
  let at0 = right.x + stride * vec4u(0, 1, 2, 3);
  let at1 = right.y + stride * vec4u(0, 1, 2, 3);
  if (few) {
    for (var k = 0u; k < H4; k++) { tile_add_few(tile, rows, k, block_of_U(at0 + k * four), block_of_U(at1 + k * four)); }
    return;
  }
  for (var first = 0u; first < H4; first += split) {
    let k = term(first, H4);
    tile_add(tile, rows, k, weighed(block_of_U(at0 + k * four), first, H4), weighed(block_of_U(at1 + k * four), first, H4));
  }
}

// The state of four units after the step goes to the layer above, too, where that does not read it itself.
fn put_out(t: u32, b: u32, unit: u32, state: vec4f) {
  if (thins && layer + 1 < step.layers) { h[(step.thinned + row_at(t, b, 0)) * step.H4 + unit] *= state; }
}

// Where what the input gives to row b begins, of `width` columns in vec4f: in W, of ids, or in `gates`.
fn input_row(t: u32, b: u32, d: u32, width: u32) -> u32 {
  if (looks_up && layer == 0) { return (ids[t * step.B + b] * step.D + d) * width; }
  return kept_at(t, b, d) * width;
}

// Four columns of such a row: x W, looked up, or x W + b, made before the steps. Of a layer above the first of a stack it is
// nothing, as x W is made in the step.
fn input_at(row: u32, column: u32) -> vec4f {
  if (stacked && layer > 0) { return vec4f(); }
  if (looks_up) { return W[row + column]; }
  return gates[row + column];
}

// b of four columns, where `input_at` has it not: what a sum of products begins with, in the first of its parts.
fn bias_at(d: u32, width: u32, column: u32) -> vec4f {
  if ((!looks_up && layer == 0) || step.b == 0 || part > 0) { return vec4f(); }
  return U[step.b + parameters_of(d, width) + column];
}
