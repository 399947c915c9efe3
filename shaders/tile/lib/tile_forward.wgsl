// The frame of a step forward in which an invocation computes a tile of rows × two blocks of four columns.
// How many pairs of column blocks a phase has; which columns of U the two blocks of a pair are; and how many columns U has:
#expects fn invocations(phase: u32) -> u32
#expects fn right_columns(phase: u32, column: u32) -> vec2u
#expects fn column_count() -> u32
// Where the rows of a tile begin in the left operand; and everything else, for one row and a pair:
#expects fn left_offsets(phase: u32, t: u32, rows: TileRows, d: u32) -> TileRows
#expects fn finish(phase: u32, t: u32, b: u32, d: u32, column: u32, p0: vec4f, p1: vec4f)
#import tile/lib/step
#import lib/step_forward

fn run_phase(phase: u32, s: u32, invocation: Invocation) {
  let d = invocation.d;
  let t = time(s, d);
  let column = min(invocation.i, invocations(phase) - 1);
  let rows = tile_rows(invocation.row, invocation.i & 3, step.B);
  let columns = right_columns(phase, column);
  let width = column_count();
  let offset = direction_offset(d, 4 * step.H4 * width) + columns;
  var accumulator = tile_of(input_bias(d, width, columns.x), input_bias(d, width, columns.y));
  add_product(&accumulator, left_offsets(phase, t, rows, d), offset, width);
  var tile = tile_list(accumulator);
  if (invocation.i > column) { return; }
  for (var r = 0u; r < row_count(); r++) {
    let b = invocation.row + row_of_tile(r, invocation.i & 3);
    if (b < step.B) { finish(phase, t, b, d, column, tile[r / 4 * 2][r % 4], tile[r / 4 * 2 + 1][r % 4]); }
  }
}
