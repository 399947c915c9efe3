// The products of a step forward, for a tile: terms in fours, U [D, H, G, H] with `stride` = G · H4 from a term to the next.
#import tile/lib/step_tile

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
  for (var k = 0u; k < H4; k++) { tile_add(tile, rows, k, block_of_U(at0 + k * four), block_of_U(at1 + k * four)); }
}
