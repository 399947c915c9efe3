// How the matrix products in tiles walk over their operands, and how they store a tile of the result.
#import lib/product
#import tile/lib/tile
#import lib/grid
#expects var size: Product
#expects var c: array<vec4f>

// Whether the tile is added to what is in C already.
override adds: bool = false;

// Two columns from `first`, in vec4f; past the end the last again (it is computed and not stored).
fn column_pair(first: u32, count: u32) -> vec2u { return min(first + vec2u(0, 1), vec2u(count - 1)); }

// A tile is stored one row after the other: a software adapter takes as long to find a row by an index that varies as to store it.
var<private> first_stored_row: u32;
var<private> first_stored_column: u32;
var<private> store_offset: u32;

// `id` as in the grid of the products: columns in twos, tiles of rows, matrices.
fn store_tile(t: Tile, id: vec3u) {
  first_stored_row = id.y * tile_height();
  first_stored_column = id.x * 2;
  store_offset = size.c + id.z * size.c_z + first_stored_column;
  if (row_blocks == 0) {
    store(0, 0, t.row0); store(0, 1, t.row1);
    return;
  }
  let order = lane_order(id.x & 3);
  store_rows(order, t.c00, t.c01);
  if (row_blocks > 1) { store_rows(4 + order, t.c10, t.c11); }
  if (row_blocks > 2) { store_rows(8 + order, t.c20, t.c21); }
  if (row_blocks > 3) { store_rows(12 + order, t.c30, t.c31); }
}
fn store_rows(rows: vec4u, one: mat4x4f, other: mat4x4f) {
  store(rows.x, 0, one[0]); store(rows.y, 0, one[1]); store(rows.z, 0, one[2]); store(rows.w, 0, one[3]);
  store(rows.x, 1, other[0]); store(rows.y, 1, other[1]); store(rows.z, 1, other[2]); store(rows.w, 1, other[3]);
}
// Row r, column block j of the tile.
fn store(r: u32, j: u32, value: vec4f) {
  let row = first_stored_row + r;
  if (row >= size.M || first_stored_column + j >= size.N4) { return; }
  let offset = store_offset + row * size.c_stride + j;
  if (adds) { c[offset] += value; } else { c[offset] = value; }
}
