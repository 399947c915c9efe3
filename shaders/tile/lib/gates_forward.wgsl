// The frame of a step forward of a cell with four gates and one product. A quad computes a tile of rows × 8 units, lane g their gate g. Then the
// lanes exchange, and lane r has all gates of row r of each block.
#expects var h: array<vec4f>
// Everything else, for one row and four units: column g of the product is gate g.
#expects fn finish(t: u32, b: u32, d: u32, unit: u32, product: mat4x4f)
#import tile/lib/step
#import lib/step_forward

fn load_left(i: u32) -> vec4f { return h[i]; }

fn run_phase(phase: u32, s: u32, invocation: Invocation) {
  let lane = invocation.i & 3;
  let unit = invocation.i / 4 * 2;
  let d = invocation.d;
  let t = time(s, d);
  let H4 = step.H4;
  let rows = tile_rows(invocation.row, lane, step.B);
  // Units past the last are computed as the last and not used.
  let columns = lane * H4 + min(vec2u(unit, unit + 1), vec2u(H4 - 1));
  let right_columns = direction_offset(d, 16 * H4 * H4) + columns;
  var accumulator = tile_of(input_bias(d, 4 * H4, columns.x), input_bias(d, 4 * H4, columns.y));
  add_product(&accumulator, tile_before(t, rows, d), right_columns, 4 * H4);
  var tile = tile_list(accumulator);
  if (row_blocks == 0) { // one row: two lanes have a block of units each, the others nothing
    var product = quad_transpose(tile[0], invocation.local);
    let second = quad_transpose(tile[1], invocation.local);
    if (lane == 1) { product = second; }
    if (lane < 2 && unit + lane < H4) { finish(t, invocation.row, d, unit + lane, product); }
    return;
  }
  for (var i = 0u; i < 2 * row_blocks; i++) {
    let product = quad_transpose(tile[i], invocation.local);
    let b = invocation.row + i / 2 * 4 + lane;
    if (b < step.B && unit + i % 2 < H4) { finish(t, b, d, unit + i % 2, product); }
  }
}
