// The frame of a step forward of a cell with three gates and one product: an invocation makes all gates of a tile of rows × 4 units.
// The importer has
//   finish(t, b, d, unit, product)     everything else, for one row and four units: column g of the product is gate g's; of
//                                      the last only what the state gives, and what else its input gives is column 3
#import tile/lib/step_product
#import tile/lib/step_main

fn load_left(i: u32) -> vec4f { return h[i]; }

// Adds the products with the three column blocks that begin at `right`. Of a low tile all are made in one loop. Of a high one
// that would be more code than the first cache of a CPU holds, and half as fast: there the third has a loop of its own.
fn add_gates(two: ptr<function, Tile>, third: ptr<function, Tile>, rows: TileRows, right: vec3u) {
  let stride = 3 * step.H4;
  let four = stride * vec4u(0, 1, 2, 3);
  if (few) {
    for (var k = 0u; k < step.H4; k++) {
      let at = four + 4 * k * stride;
      let n = block_of_U(right.z + at);
      tile_add_few(two, rows, k, block_of_U(right.x + at), block_of_U(right.y + at));
      tile_add_few(third, rows, k, n, n);
    }
    return;
  }
  for (var k = 0u; k < step.H4; k++) {
    let at = four + 4 * k * stride;
    tile_add(two, rows, k, block_of_U(right.x + at), block_of_U(right.y + at));
    if (blocks <= 2) { tile_add_first(third, rows, k, block_of_U(right.z + at)); }
  }
  if (blocks <= 2) { return; }
  for (var k = 0u; k < step.H4; k++) { tile_add_first(third, rows, k, block_of_U(right.z + four + 4 * k * stride)); }
}

fn make(phase: u32, s: u32, place: Place) {
  let lane = place.i & 3;
  let unit = min(place.i, step.H4 - 1);
  let d = place.d;
  let t = time(s, d);
  let indices = tile_rows(place.row, lane, step.B);
  let columns = unit + step.H4 * vec3u(0, 1, 2);
  let right = parameters_of(d, 12 * step.H4 * step.H4) + columns;
  var two = tile_of(bias_at(d, 3 * step.H4, columns.x), bias_at(d, 3 * step.H4, columns.y));
  var third = Tile();
  let bias = bias_at(d, 3 * step.H4, columns.z);
  add_gates(&two, &third, tile_before(t, indices, d), right);
  if (place.i > unit) { return; }
  var gates_of = tile_list(two);
  var last_of = tile_list(third);
  for (var r = 0u; r < rows_made(); r++) {
    let b = place.row + row_of_tile(r, lane);
    let i = r / 4 * 2;
    if (b < step.B) { finish(t, b, d, unit, mat4x4f(gates_of[i][r % 4], gates_of[i + 1][r % 4], last_of[i][r % 4], bias)); }
  }
}
