// The part of a product that one invocation computes: up to 16 rows × 8 columns, in blocks of 4 × 4, whose columns are rows of the result in
// the lane's order. A right block has four terms as its columns, a left block the same terms of four rows: a K-block of four terms is added at
// once. `transposed`: whether the rows of the tile are columns of the left operand.
#expects const transposed
#import tile/lib/quad

// Workgroup size in x, a multiple of 4: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Row blocks of four rows of a tile, 1 to 4; 0 where the whole left operand is one row.
override row_blocks: u32 = 4;
fn tile_height() -> u32 { return max(4 * row_blocks, 1); }

// crc is row block r, column block c.
struct Tile {
  c00: mat4x4f, c01: mat4x4f, c10: mat4x4f, c11: mat4x4f, c20: mat4x4f, c21: mat4x4f, c30: mat4x4f, c31: mat4x4f,
  row0: vec4f, row1: vec4f, // in place of all of them where there is one row
}

// Where the rows of each row block begin in the left operand.
struct TileRows { r0: Rows, r1: Rows, r2: Rows, r3: Rows }

// Row indices of the tile that begins at row `first`.
fn tile_rows(first: u32, lane: u32, count: u32) -> TileRows {
  return TileRows(
    quad_rows(first, lane, count), quad_rows(first + 4, lane, count), quad_rows(first + 8, lane, count), quad_rows(first + 12, lane, count));
}

// Where they begin, from their indices: `stride` from row to row.
fn tile_offsets(rows: TileRows, offset: u32, stride: u32) -> TileRows {
  return TileRows(
    offset + rows.r0 * stride, offset + rows.r1 * stride, offset + rows.r2 * stride, offset + rows.r3 * stride);
}

// A tile whose columns begin with these.
fn tile_of(first: vec4f, second: vec4f) -> Tile {
  let one = mat4x4f(first, first, first, first);
  let column_pair = mat4x4f(second, second, second, second);
  return Tile(one, column_pair, one, column_pair, one, column_pair, one, column_pair, first, second);
}

// The left block of four rows and the terms from `k`.
fn left_block(rows: Rows, k: u32) -> mat4x4f {
  let left_offsets = load_rows(rows, k);
  if (transposed) { return transpose(left_offsets); }
  return left_offsets;
}

// sum + left · right, row by row: by rows a software adapter moves less than by `right_columns * left_offsets`.
fn add_block(sum: mat4x4f, left_offsets: mat4x4f, right_columns: mat4x4f) -> mat4x4f {
  let terms = transpose(right_columns);
  return mat4x4f(sum[0] + left_offsets[0] * terms, sum[1] + left_offsets[1] * terms, sum[2] + left_offsets[2] * terms, sum[3] + left_offsets[3] * terms);
}

// tile += left blocks · right blocks, whose terms begin at `k` in every row.
fn tile_add(t: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  if (row_blocks == 0) {
    let x = load_left(first_row(rows.r0) + k);
    t.row0 += right0 * x; t.row1 += right1 * x;
    return;
  }
  tile_add_tail(t, rows, k, right0, right1);
  if (row_blocks > 1) { let x = left_block(rows.r1, k); t.c10 = add_block(t.c10, x, right0); t.c11 = add_block(t.c11, x, right1); }
  if (row_blocks > 2) { let x = left_block(rows.r2, k); t.c20 = add_block(t.c20, x, right0); t.c21 = add_block(t.c21, x, right1); }
  if (row_blocks > 3) { let x = left_block(rows.r3, k); t.c30 = add_block(t.c30, x, right0); t.c31 = add_block(t.c31, x, right1); }
}

// The same for its first column block alone.
fn tile_add_first(t: ptr<function, Tile>, rows: TileRows, k: u32, right_columns: mat4x4f) {
  if (row_blocks == 0) {
    t.row0 += right_columns * load_left(first_row(rows.r0) + k);
    return;
  }
  t.c00 = add_block(t.c00, left_block(rows.r0, k), right_columns);
  if (row_blocks > 1) { t.c10 = add_block(t.c10, left_block(rows.r1, k), right_columns); }
  if (row_blocks > 2) { t.c20 = add_block(t.c20, left_block(rows.r2, k), right_columns); }
  if (row_blocks > 3) { t.c30 = add_block(t.c30, left_block(rows.r3, k), right_columns); }
}

// Whether the last of several tiles is a tail tile: it has at most four rows, and computes no more, so that 50 rows are 52 and not 64.
override tail_tile: bool = false;
fn is_tail_tile(row: u32, count: u32) -> bool { return tail_tile && count - row <= 4; }

// tile_add for the first four rows, which are all that a tail tile has.
fn tile_add_tail(t: ptr<function, Tile>, rows: TileRows, k: u32, right0: mat4x4f, right1: mat4x4f) {
  let x = left_block(rows.r0, k);
  t.c00 = add_block(t.c00, x, right0); t.c01 = add_block(t.c01, x, right1);
}

// The tile as a list: the block at 2 i + c is row block i, column block c.
fn tile_list(t: Tile) -> array<mat4x4f, 8> {
  if (row_blocks == 0) {
    var rows: array<mat4x4f, 8>;
    rows[0] = mat4x4f(t.row0, t.row0, t.row0, t.row0);
    rows[1] = mat4x4f(t.row1, t.row1, t.row1, t.row1);
    return rows;
  }
  return array<mat4x4f, 8>(t.c00, t.c01, t.c10, t.c11, t.c20, t.c21, t.c30, t.c31);
}

// Which row of the tile the r-th column is.
fn row_of_tile(r: u32, lane: u32) -> u32 {
  if (row_blocks == 0) { return 0; }
  return (r & ~3u) + lane_order(lane)[r & 3];
}
