// The frame of every step backward: dgates Uᵀ for a tile of rows × 8 units. The terms are gate columns.
#expects const G
// Adds to the tile what the state receives through the product; and everything else, for one row and four units:
#expects fn recurrent_gradient(phase: u32, tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32)
#expects fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f)
#import tile/lib/step
#import lib/step_backward

// Where the rows of the four units of one vec4f begin in U of a direction, which begins at `first`;
// past the last unit, those of the last.
fn rows_of_U(unit: u32, first: u32, stride: u32) -> vec4u {
  return first + (4 * min(unit, step.H4 - 1) + vec4u(0, 1, 2, 3)) * stride;
}

// Four gate columns of four units.
fn gates_of_U(offset: vec4u, j: u32) -> mat4x4f { return transpose(mat4x4f(U[offset.x + j], U[offset.y + j], U[offset.z + j], U[offset.w + j])); }

// tile += Σ_j left[t][row, first + j] · U[unit, column + j] over `count` vec4f of gate columns; `stride`, `u_stride`: of a
// row of the left operand and of U.
fn add_gates_times_U(tile: ptr<function, Tile>, t: u32, rows: TileRows, unit: u32, d: u32, stride: u32, first: u32, u_stride: u32, column: u32, count: u32) {
  let left_offsets = tile_in_segment(t, rows, d, stride);
  let offset = direction_offset(d, 4 * step.H4 * u_stride);
  let units0 = rows_of_U(unit, offset, u_stride) + column;
  let units1 = rows_of_U(unit + 1, offset, u_stride) + column;
  if (is_tail) {
    for (var j = 0u; j < count; j++) { tile_add_tail(tile, left_offsets, first + j, gates_of_U(units0, j), gates_of_U(units1, j)); }
    return;
  }
  for (var j = 0u; j < count; j++) { tile_add(tile, left_offsets, first + j, gates_of_U(units0, j), gates_of_U(units1, j)); }
}

fn run_phase(phase: u32, s: u32, invocation: Invocation) {
  let unit = invocation.i * 2;
  let d = invocation.d;
  let t = time(s, d);
  var accumulator = Tile();
  let rows = tile_rows(invocation.row, invocation.i & 3, step.B);
  recurrent_gradient(phase, &accumulator, s, rows, unit, d);
  var tile = tile_list(accumulator);
  for (var r = 0u; r < row_count(); r++) {
    let b = invocation.row + row_of_tile(r, invocation.i & 3);
    if (b >= step.B) { continue; }
    if (unit < step.H4) { finish(phase, t, b, d, unit, tile[r / 4 * 2][r % 4]); }
    if (unit + 1 < step.H4) { finish(phase, t, b, d, unit + 1, tile[r / 4 * 2 + 1][r % 4]); }
  }
}
