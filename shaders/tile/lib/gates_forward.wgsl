// The frame of a step forward of a cell with four gates and one product: a quad makes a tile of rows × 8 units, lane g their
// gate g; then the lanes change places, and lane r has all gates of row r of each block. The importer has
//   finish(t, b, d, unit, product)     everything else, for one row and four units: column g of the product is gate g's
#import tile/lib/step_product
#import tile/lib/quad_transpose
#import tile/lib/step_main

fn load_left(i: u32) -> vec4f { return h[i]; }

fn make(phase: u32, s: u32, place: Place) {
  let lane = place.i & 3;
  let unit = place.i / 4 * 2;
  let d = place.d;
  let t = time(s, d);
  let H4 = step.H4;
  let rows = tile_rows(place.row, lane, step.B);
  // Units past the last are computed as the last and not used.
  let columns = lane * H4 + min(vec2u(unit, unit + 1), vec2u(H4 - 1));
  let right = parameters_of(d, 16 * H4 * H4) + columns;
  var made = tile_of(bias_at(d, 4 * H4, columns.x), bias_at(d, 4 * H4, columns.y));
  add_product(&made, tile_before(t, rows, d), right, 4 * H4);
  var tile = tile_list(made);
  if (blocks == 0) { // one row: two lanes have a block of units each, the others nothing
    var product = quad_transpose(tile[0], place.local);
    let second = quad_transpose(tile[1], place.local);
    if (lane == 1) { product = second; }
    if (lane < 2 && unit + lane < H4) { finish(t, place.row, d, unit + lane, product); }
    return;
  }
  for (var i = 0u; i < 2 * blocks; i++) {
    let product = quad_transpose(tile[i], place.local);
    let b = place.row + i / 2 * 4 + lane;
    if (b < step.B && unit + i % 2 < H4) { finish(t, b, d, unit + i % 2, product); }
  }
}
