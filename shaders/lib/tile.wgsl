// What an invocation makes of a product: up to 16 rows × 8 columns, in blocks of 4 × 4. A left block has four terms as its
// columns, a right block four columns of the result, each over four terms: so `left * right` adds four terms at once. The
// importer declares `load_left(i)` as lib/quad wants it.
#import lib/quad

// Workgroup size in x, a multiple of 4: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Rows that an invocation makes, in fours: 1, 2 or 4; 0 where the whole left operand is one row.
override blocks: u32 = 4;
fn tile_height() -> u32 { return max(4 * blocks, 1); }

// crc is row block r, column block c; its columns are columns of the result.
struct Tile {
  c00: mat4x4f, c01: mat4x4f, c10: mat4x4f, c11: mat4x4f, c20: mat4x4f, c21: mat4x4f, c30: mat4x4f, c31: mat4x4f,
  row0: vec4f, row1: vec4f, // in place of all of them where there is one row
}

// Where the rows of each row block begin in the left operand.
struct TileRows { r0: Rows, r1: Rows, r2: Rows, r3: Rows }

// Row indices of the tile that begins at row `first`.
fn tile_rows(first: u32, lane: u32, count: u32) -> TileRows {
  return TileRows(quad_rows(first, lane, count), quad_rows(first + 4, lane, count), quad_rows(first + 8, lane, count), quad_rows(first + 12, lane, count));
}

// tile += right blocks · left blocks, whose terms begin at `k` in every row.
fn tile_add(tile: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  if (blocks == 0) {
    let x = load_left(first_row(rows.r0) + k);
    tile.row0 += x * right0; tile.row1 += x * right1;
    return;
  }
  let x0 = transpose(left_rows(rows.r0, k));
  tile.c00 += x0 * right0; tile.c01 += x0 * right1;
  if (blocks > 1) { let x1 = transpose(left_rows(rows.r1, k)); tile.c10 += x1 * right0; tile.c11 += x1 * right1; }
  if (blocks > 2) {
    let x2 = transpose(left_rows(rows.r2, k)); tile.c20 += x2 * right0; tile.c21 += x2 * right1;
    let x3 = transpose(left_rows(rows.r3, k)); tile.c30 += x3 * right0; tile.c31 += x3 * right1;
  }
}

// The tile row by row: column r of the block at 2 i + c is row 4 i + r, column block c.
fn tile_list(t: Tile) -> array<mat4x4f, 8> {
  if (blocks == 0) {
    var rows: array<mat4x4f, 8>;
    rows[0][0] = t.row0;
    rows[1][0] = t.row1;
    return rows;
  }
  return array<mat4x4f, 8>(
    transpose(t.c00), transpose(t.c01), transpose(t.c10), transpose(t.c11),
    transpose(t.c20), transpose(t.c21), transpose(t.c30), transpose(t.c31));
}
