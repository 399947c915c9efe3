// h' U in a step forward, for a tile: terms in fours, U [D, H, G, H] with `stride` = G · H4 from a term to the next. The
// importer declares `U`.
fn block_of_U(at: vec4u) -> mat4x4f { return mat4x4f(U[at.x], U[at.y], U[at.z], U[at.w]); }

// The tile of rows that begin at `rows` and of the two column blocks that begin at `right`.
fn product_with_U(rows: TileRows, right: vec2u, stride: u32, local: u32) -> Tile {
  var tile = Tile();
  let H4 = step.H4;
  let four = 4 * stride;
  let at0 = right.x + stride * vec4u(0, 1, 2, 3);
  let at1 = right.y + stride * vec4u(0, 1, 2, 3);
  for (var first = 0u; first < H4; first += split) {
    let k = term(first, H4);
    tile_add(&tile, rows, k, weighed(block_of_U(at0 + k * four), first, H4), weighed(block_of_U(at1 + k * four), first, H4));
  }
  add_parts(&tile, local);
  return tile;
}
