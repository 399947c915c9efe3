// The frame of a step forward whose invocation makes 16 rows × two blocks of 4 columns. The importer declares `U`, and has
//   load_left(i)                       an element of the product's left operand
//   left(t, rows, d)                   where the rows of a tile begin in it
//   columns()                          how many pairs of column blocks there are
//   right(column, d)                   where the two blocks of a pair begin in U
//   right_stride()                     from one term of U to the next
//   finish(t, b, d, column, p0, p1)    everything else, for one row and a pair
#import lib/step_forward

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * tile_height();
  let d = id.z;
  let t = time(step.s, d);
  let column = min(id.x, columns() - 1); // past the end the last is computed again and not stored
  let rows = left(t, tile_rows(row, id.x & 3, step.B), d);
  var tile = tile_list(product_with_U(rows, right(column, d), right_stride()));
  if (id.x > column) { return; }
  for (var r = 0u; r < tile_height(); r++) {
    if (row + r < step.B) { finish(t, row + r, d, column, tile[r / 4 * 2][r % 4], tile[r / 4 * 2 + 1][r % 4]); }
  }
}
