// Backward through dropout between the layers of a stack: what came from the layer above, times the masks, which lie in `dy`.
fn mask(t: u32, b: u32, unit: u32) -> vec4f { return dy[row_at(t, min(b, step.B - 1), 0) * step.H4 + min(unit, step.H4 - 1)]; }

// A block of four rows from `row` and of four units.
fn masked(m: mat4x4f, t: u32, row: u32, unit: u32, lane: u32) -> mat4x4f {
  let b = row + order_of_rows(lane);
  return mat4x4f(m[0] * mask(t, b.x, unit), m[1] * mask(t, b.y, unit), m[2] * mask(t, b.z, unit), m[3] * mask(t, b.w, unit));
}

fn mask_tile(tile: ptr<function, Tile>, t: u32, row: u32, unit: u32, lane: u32) {
  if (blocks == 0) {
    tile.row0 *= mask(t, row, unit); tile.row1 *= mask(t, row, unit + 1);
    return;
  }
  tile.c00 = masked(tile.c00, t, row, unit, lane); tile.c01 = masked(tile.c01, t, row, unit + 1, lane);
  if (blocks > 1) { tile.c10 = masked(tile.c10, t, row + 4, unit, lane); tile.c11 = masked(tile.c11, t, row + 4, unit + 1, lane); }
  if (blocks > 2) { tile.c20 = masked(tile.c20, t, row + 8, unit, lane); tile.c21 = masked(tile.c21, t, row + 8, unit + 1, lane); }
  if (blocks > 3) { tile.c30 = masked(tile.c30, t, row + 12, unit, lane); tile.c31 = masked(tile.c31, t, row + 12, unit + 1, lane); }
  if (blocks > 4) { tile.c40 = masked(tile.c40, t, row + 16, unit, lane); tile.c41 = masked(tile.c41, t, row + 16, unit + 1, lane); }
  if (blocks > 5) { tile.c50 = masked(tile.c50, t, row + 20, unit, lane); tile.c51 = masked(tile.c51, t, row + 20, unit + 1, lane); }
  if (blocks > 6) { tile.c60 = masked(tile.c60, t, row + 24, unit, lane); tile.c61 = masked(tile.c61, t, row + 24, unit + 1, lane); }
  if (blocks > 7) { tile.c70 = masked(tile.c70, t, row + 28, unit, lane); tile.c71 = masked(tile.c71, t, row + 28, unit + 1, lane); }
}
