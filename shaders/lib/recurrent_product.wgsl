// h' U for a tile of 8 rows × 4 units of one gate at a time, in blocks of 4 × 4: a block of U holds U[k..k+3] for four
// units as its columns, a block of h' holds four rows as its columns, so `block of U * block of h'` adds four k at once
// and its column r is row r of the tile. The importer declares `h` (or its like) and `U`, both array<vec4f>.

// Where row b of h' begins, for the rows of a block.
fn rows_before(t: u32, rows: vec4u, d: u32) -> vec4u {
  return vec4u(state_before(t, rows.x, d), state_before(t, rows.y, d), state_before(t, rows.z, d), state_before(t, rows.w, d));
}

fn block_of_h(rows: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(h[rows.x + k], h[rows.y + k], h[rows.z + k], h[rows.w + k]);
}

// U is [D, H, G, H]: `at` is the first of four rows k, `stride` = G · H4 the distance to the next.
fn block_of_U(at: u32, stride: u32) -> mat4x4f {
  return mat4x4f(U[at], U[at + stride], U[at + 2 * stride], U[at + 3 * stride]);
}
