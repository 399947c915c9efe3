// Stores a tile in C, one row after the other: a software adapter takes as long to find a row by an index that varies as to store
// it. The importer declares `size: Product` and `c`.
#import tile/lib/product_tile

// Whether it is added to what is in C already.
override adds: bool = false;

var<private> first_row_put: u32;
var<private> first_column_put: u32;
var<private> put_at: u32;

// `id` as in the grid of the products: columns in twos, tiles of rows, matrices.
fn put_tile(t: Tile, id: vec3u) {
  first_row_put = id.y * tile_height();
  first_column_put = id.x * 2;
  put_at = size.c + id.z * size.c_z + first_column_put;
  if (blocks == 0) {
    put(0, 0, t.row0); put(0, 1, t.row1);
    return;
  }
  let order = order_of_rows(id.x & 3);
  put_rows(order, t.c00, t.c01);
  if (blocks > 1) { put_rows(4 + order, t.c10, t.c11); }
  if (blocks > 2) { put_rows(8 + order, t.c20, t.c21); }
  if (blocks > 3) { put_rows(12 + order, t.c30, t.c31); }
}
fn put_rows(rows: vec4u, one: mat4x4f, other: mat4x4f) {
  put(rows.x, 0, one[0]); put(rows.y, 0, one[1]); put(rows.z, 0, one[2]); put(rows.w, 0, one[3]);
  put(rows.x, 1, other[0]); put(rows.y, 1, other[1]); put(rows.z, 1, other[2]); put(rows.w, 1, other[3]);
}
// Row r, column block j of the tile.
fn put(r: u32, j: u32, value: vec4f) {
  let row = first_row_put + r;
  if (row >= size.M || first_column_put + j >= size.N4) { return; }
  let at = put_at + row * size.c_stride + j;
  if (adds) { c[at] += value; } else { c[at] = value; }
}
