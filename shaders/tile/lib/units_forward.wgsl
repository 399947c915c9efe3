// The frame of a step forward of a cell with three gates and one product. An invocation computes all gates of a tile of rows × 4 units.
#expects var h: array<vec4f>
// Everything else, for one row and four units: column g of the product is gate g; of the last gate only what the state gives, and column 3 is
// what its input gives beside that.
#expects fn finish(t: u32, b: u32, d: u32, unit: u32, product: mat4x4f)
#import tile/lib/step
#import lib/step_forward

fn load_left(i: u32) -> vec4f { return h[i]; }

// Adds the products with the three column blocks that begin at `right_columns`. A low tile has one loop for all. For a high one
// that would be more code than the first cache of a CPU holds, and half as fast: there the third has a loop of its own.
fn add_gates(first_two: ptr<function, Tile>, third: ptr<function, Tile>, rows: TileRows, right_columns: vec3u) {
  let stride = 3 * step.H4;
  let four = stride * vec4u(0, 1, 2, 3);
  if (is_tail) {
    for (var k = 0u; k < step.H4; k++) {
      let offset = four + 4 * k * stride;
      let n = block_of_U(right_columns.z + offset);
      tile_add_tail(first_two, rows, k, block_of_U(right_columns.x + offset), block_of_U(right_columns.y + offset));
      tile_add_tail(third, rows, k, n, n);
    }
    return;
  }
  for (var k = 0u; k < step.H4; k++) {
    let offset = four + 4 * k * stride;
    tile_add(first_two, rows, k, block_of_U(right_columns.x + offset), block_of_U(right_columns.y + offset));
    if (row_blocks <= 2) { tile_add_first(third, rows, k, block_of_U(right_columns.z + offset)); }
  }
  if (row_blocks <= 2) { return; }
  for (var k = 0u; k < step.H4; k++) { tile_add_first(third, rows, k, block_of_U(right_columns.z + four + 4 * k * stride)); }
}

fn run_phase(phase: u32, s: u32, invocation: Invocation) {
  let lane = invocation.i & 3;
  let unit = min(invocation.i, step.H4 - 1);
  let d = invocation.d;
  let t = time(s, d);
  let indices = tile_rows(invocation.row, lane, step.B);
  let columns = unit + step.H4 * vec3u(0, 1, 2);
  let right_columns = direction_offset(d, 12 * step.H4 * step.H4) + columns;
  var first_two = tile_of(input_bias(d, 3 * step.H4, columns.x), input_bias(d, 3 * step.H4, columns.y));
  var third = Tile();
  let bias = input_bias(d, 3 * step.H4, columns.z);
  add_gates(&first_two, &third, tile_before(t, indices, d), right_columns);
  if (invocation.i > unit) { return; }
  var gate_tiles = tile_list(first_two);
  var last_tile = tile_list(third);
  for (var r = 0u; r < row_count(); r++) {
    let b = invocation.row + row_of_tile(r, lane);
    let i = r / 4 * 2;
    if (b < step.B) { finish(t, b, d, unit, mat4x4f(gate_tiles[i][r % 4], gate_tiles[i + 1][r % 4], last_tile[i][r % 4], bias)); }
  }
}
