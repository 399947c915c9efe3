// Where the rows of a tile lie in the tensors of a recurrent layer.
#import lib/step
#import tile/lib/tile
const transposed = false;

// The rows of a tile, from their indices: before the step in a state tensor, and in [S, B, D, …] with `stride` a row.
fn tile_before(t: u32, rows: TileRows, d: u32) -> TileRows {
  return tile_from(select(t, t + 2, d == 1) * step.B, rows, d, step.H4);
}
fn tile_kept(t: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_from(kept(t, d) * step.B, rows, d, stride);
}
fn tile_from(first: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_places(rows, (first * step.D + d) * stride, step.D * stride);
}
