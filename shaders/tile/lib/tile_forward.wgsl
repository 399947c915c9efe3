// The frame of a step forward whose invocation makes a tile of rows × two blocks of 4 columns. The importer declares
// `U`, and has for each phase
//   load_left(i)                            an element of the product's left operand
//   left(phase, t, rows, d)                 where the rows of a tile begin in it
//   invocations(phase)                      how many pairs of column blocks there are
//   right(phase, column)                    which columns of U the two blocks of a pair are
//   right_stride()                          how many it has: from one term of U to the next
//   finish(phase, t, b, d, column, p0, p1)  everything else, for one row and a pair
#import tile/lib/step_product
#import tile/lib/step_main

fn make(phase: u32, s: u32, place: Place) {
  let d = place.d;
  let t = time(s, d);
  let column = min(place.i, invocations(phase) - 1);
  let rows = tile_rows(place.row, place.i & 3, step.B);
  let columns = right(phase, column);
  let width = right_stride();
  let at = parameters_of(d, 4 * step.H4 * width) + columns;
  var made = tile_of(bias_at(d, width, columns.x), bias_at(d, width, columns.y));
  add_product(&made, left(phase, t, rows, d), at, width);
  var tile = tile_list(made);
  if (place.i > column) { return; }
  for (var r = 0u; r < rows_made(); r++) {
    let b = place.row + row_of_tile(r, place.i & 3);
    if (b < step.B) { finish(phase, t, b, d, column, tile[r / 4 * 2][r % 4], tile[r / 4 * 2 + 1][r % 4]); }
  }
}
