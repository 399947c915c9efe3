// Hands every row of a tile to the importer's
//   put(r, j, value)     row r of the tile, column block j
// one by one: a software adapter takes as long to find a row by an index that varies as to store it.
#import lib/tile

fn put_tile(t: Tile, lane: u32) {
  if (blocks == 0) {
    put(0, 0, t.row0); put(0, 1, t.row1);
    return;
  }
  let order = order_of_rows(lane);
  put_rows(order, t.c00, t.c01);
  if (blocks > 1) { put_rows(4 + order, t.c10, t.c11); }
  if (blocks > 2) { put_rows(8 + order, t.c20, t.c21); put_rows(12 + order, t.c30, t.c31); }
}
fn put_rows(rows: vec4u, one: mat4x4f, other: mat4x4f) {
  put(rows.x, 0, one[0]); put(rows.y, 0, one[1]); put(rows.z, 0, one[2]); put(rows.w, 0, one[3]);
  put(rows.x, 1, other[0]); put(rows.y, 1, other[1]); put(rows.z, 1, other[2]); put(rows.w, 1, other[3]);
}
