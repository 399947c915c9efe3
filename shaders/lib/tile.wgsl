// What an invocation makes of a product: up to 16 rows × 8 columns, in blocks of 4 × 4. A block of the right operand holds
// four terms of four columns, a block of the left operand four terms of four rows (as its columns), so `right * left` adds
// four terms at once and its column r is row r of the tile. The importer declares `load_left(i)` as lib/quad wants it.
#import lib/quad

// Rows that an invocation makes, in fours: 1, 2 or 4.
override blocks: u32 = 4;

// crc is row block r, column block c.
struct Tile {
  c00: mat4x4f, c01: mat4x4f, c10: mat4x4f, c11: mat4x4f, c20: mat4x4f, c21: mat4x4f, c30: mat4x4f, c31: mat4x4f,
}

// Where the rows of each row block begin in the left operand.
struct TileRows { r0: Rows, r1: Rows, r2: Rows, r3: Rows }

// Row indices of the tile that begins at row `first`.
fn tile_rows(first: u32, lane: u32, count: u32) -> TileRows {
  return TileRows(quad_rows(first, lane, count), quad_rows(first + 4, lane, count), quad_rows(first + 8, lane, count), quad_rows(first + 12, lane, count));
}

// tile += right blocks · left blocks, whose terms begin at `k` in every row.
fn tile_add(tile: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  let x0 = left_block(rows.r0, k);
  tile.c00 += right0 * x0; tile.c01 += right1 * x0;
  if (blocks > 1) { let x1 = left_block(rows.r1, k); tile.c10 += right0 * x1; tile.c11 += right1 * x1; }
  if (blocks > 2) {
    let x2 = left_block(rows.r2, k); tile.c20 += right0 * x2; tile.c21 += right1 * x2;
    let x3 = left_block(rows.r3, k); tile.c30 += right0 * x3; tile.c31 += right1 * x3;
  }
}

// The tile as a list: row block r, column block c at 2 r + c.
fn tile_list(t: Tile) -> array<mat4x4f, 8> {
  return array<mat4x4f, 8>(t.c00, t.c01, t.c10, t.c11, t.c20, t.c21, t.c30, t.c31);
}
