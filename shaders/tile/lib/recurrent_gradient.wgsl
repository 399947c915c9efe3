// The frame of every step backward: dgates Uᵀ for a tile of rows × 8 units; the terms are gate columns. The importer
// declares `U`, and has
//   const G                                             how many gates
// and for each phase
//   load_left(i)                                        an element of the gate gradients
//   recurrent_gradient(phase, tile, s, rows, unit, d)   adds to the tile what the state receives through the product
//   finish(phase, t, b, d, unit, product)               everything else, for one row and four units
#import tile/lib/step_tile
#import tile/lib/step_main
// Where the rows of the four units of one vec4f begin in U of a direction, which begins at `first`;
// past the last unit, those of the last.
fn rows_of_U(unit: u32, first: u32, stride: u32) -> vec4u {
  return first + (4 * min(unit, step.H4 - 1) + vec4u(0, 1, 2, 3)) * stride;
}

// Four gate columns of four units.
fn block_of_U(at: vec4u, j: u32) -> mat4x4f { return transpose(mat4x4f(U[at.x + j], U[at.y + j], U[at.z + j], U[at.w + j])); }

// tile += Σ_j left[t][row, first + j] · U[unit, column + j] over `count` vec4f of gate columns; `stride`, `u_stride`: of a
// row of the left operand and of U.
fn add_gates_times_U(tile: ptr<function, Tile>, t: u32, rows: TileRows, unit: u32, d: u32, stride: u32, first: u32, u_stride: u32, column: u32, count: u32) {
  let left = tile_kept(t, rows, d, stride);
  let at = parameters_of(d, 4 * step.H4 * u_stride);
  let units0 = rows_of_U(unit, at, u_stride) + column;
  let units1 = rows_of_U(unit + 1, at, u_stride) + column;
  if (few) {
    for (var j = 0u; j < count; j++) { tile_add_few(tile, left, first + j, block_of_U(units0, j), block_of_U(units1, j)); }
    return;
  }
  for (var j = 0u; j < count; j++) { tile_add(tile, left, first + j, block_of_U(units0, j), block_of_U(units1, j)); }
}

// The time of the step after s, in the order of reading, and `count` if the segment has one. (What a segment's first step
// gives to the step before it is added to `dh` once the segment is done.)
fn time_after(s: u32, d: u32) -> u32 { return time(min(s + 1, step.end - 1), d); }
fn if_after(s: u32, count: u32) -> u32 { return select(0u, count, s + 1 < step.end); }

fn make(phase: u32, s: u32, place: Place) {
  let unit = place.i * 2;
  let d = place.d;
  let t = time(s, d);
  var made = Tile();
  let rows = tile_rows(place.row, place.i & 3, step.B);
  recurrent_gradient(phase, &made, s, rows, unit, d);
  var tile = tile_list(made);
  for (var r = 0u; r < rows_made(); r++) {
    let b = place.row + row_of_tile(r, place.i & 3);
    if (b >= step.B) { continue; }
    if (unit < step.H4) { finish(phase, t, b, d, unit, tile[r / 4 * 2][r % 4]); }
    if (unit + 1 < step.H4) { finish(phase, t, b, d, unit + 1, tile[r / 4 * 2 + 1][r % 4]); }
  }
}
