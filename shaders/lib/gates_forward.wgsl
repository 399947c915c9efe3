// The frame of a step forward of a cell with three or four gates and one product: a quad makes 16 rows × 8 units, lane g
// their gate g; then the lanes change places, and lane r has all gates of row r of each block. The importer declares `h`
// and `U`, and has
//   gates_count()                      G
//   finish(t, b, d, unit, product)     everything else, for one row and four units: column g of the product is gate g's
#import lib/step_forward
#import lib/quad_transpose
fn load_left(i: u32) -> vec4f { return h[i]; }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let lane = id.x & 3;
  let unit = id.x / 4 * 2;
  let row = id.y * tile_height();
  let d = id.z;
  let t = time(step.s, d);
  let H4 = step.H4;
  let stride = gates_count() * H4;
  let rows = tile_before(t, tile_rows(row, lane, step.B), d);
  // Gates and units past the last are computed as the last and not used.
  let right = d * 4 * H4 * stride + min(lane, gates_count() - 1) * H4 + min(vec2u(unit, unit + 1), vec2u(H4 - 1));
  var tile = tile_list(product_with_U(rows, right, stride));
  for (var i = 0u; i < max(2 * blocks, 2); i++) {
    let product = quad_transpose(tile[i], local);
    let b = row + i / 2 * 4 + lane;
    if (b < step.B && unit + i % 2 < H4) { finish(t, b, d, unit + i % 2, product); }
  }
}
