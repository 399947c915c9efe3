// What an invocation makes of a product: up to 16 rows × 8 columns, in blocks of 4 × 4, whose columns are rows of the result
// in the order in which the invocation meets them. A right block has four terms as its columns, a left block the same terms of
// four rows: so `right * left` adds four terms at once. The importer declares `load_left(i)` as lib/quad wants it.
#import lib/quad

// Workgroup size in x, a multiple of 4: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Rows that an invocation makes, in fours: 1, 2 or 4; 0 where the whole left operand is one row.
override blocks: u32 = 4;
fn tile_height() -> u32 { return max(4 * blocks, 1); }

// crc is row block r, column block c.
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

// A tile whose columns begin with these.
fn tile_of(first: vec4f, second: vec4f) -> Tile {
  let one = mat4x4f(first, first, first, first);
  let other = mat4x4f(second, second, second, second);
  return Tile(one, other, one, other, one, other, one, other, first, second);
}

// tile += right blocks · left blocks, whose terms begin at `k` in every row.
fn tile_add(tile: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  if (blocks == 0) {
    let x = load_left(first_row(rows.r0) + k);
    tile.row0 += right0 * x; tile.row1 += right1 * x;
    return;
  }
  tile_add_few(tile, rows, k, right0, right1);
  if (blocks > 1) { let x1 = left_rows(rows.r1, k); tile.c10 += right0 * x1; tile.c11 += right1 * x1; }
  if (blocks > 2) {
    let x2 = left_rows(rows.r2, k); tile.c20 += right0 * x2; tile.c21 += right1 * x2;
    let x3 = left_rows(rows.r3, k); tile.c30 += right0 * x3; tile.c31 += right1 * x3;
  }
}

// The same for its first column block alone.
fn tile_add_first(tile: ptr<function, Tile>, rows: TileRows, k: u32, right: mat4x4f) {
  if (blocks == 0) {
    tile.row0 += right * load_left(first_row(rows.r0) + k);
    return;
  }
  tile.c00 += right * left_rows(rows.r0, k);
  if (blocks > 1) { tile.c10 += right * left_rows(rows.r1, k); }
  if (blocks > 2) {
    tile.c20 += right * left_rows(rows.r2, k);
    tile.c30 += right * left_rows(rows.r3, k);
  }
}

// Whether the last tile of several has at most four rows, which are then made by themselves: 50 rows are 52 and not 64.
override ragged: bool = false;
fn has_few_rows(row: u32, count: u32) -> bool { return ragged && count - row <= 4; }

// tile_add for the first four rows, which are all that a tile of few has.
fn tile_add_few(tile: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  let x0 = left_rows(rows.r0, k);
  tile.c00 += right0 * x0; tile.c01 += right1 * x0;
}

// The tile as a list: the block at 2 i + c is row block i, column block c.
fn tile_list(t: Tile) -> array<mat4x4f, 8> {
  if (blocks == 0) {
    var rows: array<mat4x4f, 8>;
    rows[0] = mat4x4f(t.row0, t.row0, t.row0, t.row0);
    rows[1] = mat4x4f(t.row1, t.row1, t.row1, t.row1);
    return rows;
  }
  return array<mat4x4f, 8>(t.c00, t.c01, t.c10, t.c11, t.c20, t.c21, t.c30, t.c31);
}

// Which row of the tile the r-th column is.
fn row_of_tile(r: u32, lane: u32) -> u32 {
  if (blocks == 0) { return 0; }
  return (r & ~3u) + order_of_rows(lane)[r & 3];
}
