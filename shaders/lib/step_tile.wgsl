// Where the rows of a tile lie in the tensors of a recurrent layer.
#import lib/step
#import lib/tile
const transposed = false;

// The rows of a tile, from their indices: before the step in a state tensor, and in [S, B, D, …] with `stride` a row.
fn tile_before(t: u32, rows: TileRows, d: u32) -> TileRows {
  return tile_from(first_state_row(layer) + select(t, t + 2, d == 1) * step.B, rows, d, step.H4);
}
fn tile_kept(t: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_from(first_step_row(layer) + kept(t, d) * step.B, rows, d, stride);
}
fn tile_from(first: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_places(rows, (first * step.D + d) * stride, step.D * stride);
}
// Of a stack, which keeps the gates of all steps: what the layer below has put out at this very step, and what the layer above
// has made of it.
fn tile_below(t: u32, rows: TileRows) -> TileRows {
  let first = select(first_state_row(layer - 1) + (t + 1) * step.B, step.thinned + first_step_row(layer - 1) + t * step.B, thins);
  return tile_from(first, rows, 0, step.H4);
}
fn tile_above(t: u32, rows: TileRows, stride: u32) -> TileRows { return tile_from(first_step_row(layer + 1) + t * step.B, rows, 0, stride); }
