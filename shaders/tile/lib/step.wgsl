// The main of every step kernel in tiles: one step, by as many workgroups as it takes.
#import lib/step
#import lib/grid
#import tile/lib/tile
#expects var U: array<vec4f>
// One of the products that follow one another within step s, and what becomes of it:
#expects fn run_phase(phase: u32, s: u32, invocation: Invocation)
@group(0) @binding(0) var<uniform> step: Step;

const transposed = false;

// Which phase this dispatch is.
override phase: u32 = 0;

// Whether this is the tail tile, and how many rows an invocation computes.
var<private> is_tail: bool;
fn row_count() -> u32 { return select(tile_height(), 4, is_tail); }

// First row of the tile, direction, index in the tile and in the workgroup. Invocations past the last compute what the last does, and store
// nothing.
struct Invocation { row: u32, d: u32, i: u32, local: u32 }

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(id);
  let row = group.y * tile_height();
  if (y_slices > 1 && row >= step.B) { return; }
  is_tail = is_tail_tile(row, step.B);
  run_phase(phase, step.s, Invocation(row, group.z, group.x * width + local, local));
}

// The rows of a tile, from their indices: before the step in a state tensor, and in [S, B, D, …] with `stride` a row.
fn tile_before(t: u32, rows: TileRows, d: u32) -> TileRows {
  return tile_from(select(t, t + 2, reads_backwards(d)) * step.B, rows, d, step.H4);
}
fn tile_in_segment(t: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_from(segment_slot(t, d) * step.B, rows, d, stride);
}
fn tile_from(first: u32, rows: TileRows, d: u32, stride: u32) -> TileRows {
  return tile_offsets(rows, (first * step.D + d) * stride, step.D * stride);
}

// A K-block of four terms by four columns of U, in a step forward.
fn block_of_U(offset: vec4u) -> mat4x4f { return mat4x4f(U[offset.x], U[offset.y], U[offset.z], U[offset.w]); }

// tile += the product of the rows that begin at `rows` with the two column blocks of U [D, H, G, H] that begin at `right_columns`; `stride` = G · H4
// from a term to the next.
fn add_product(tile: ptr<function, Tile>, rows: TileRows, right_columns: vec2u, stride: u32) {
  let H4 = step.H4;
  let four = 4 * stride;
  let offset0 = right_columns.x + stride * vec4u(0, 1, 2, 3);
  let offset1 = right_columns.y + stride * vec4u(0, 1, 2, 3);
  if (is_tail) {
    for (var k = 0u; k < H4; k++) { tile_add_tail(tile, rows, k, block_of_U(offset0 + k * four), block_of_U(offset1 + k * four)); }
    return;
  }
  for (var k = 0u; k < H4; k++) { tile_add(tile, rows, k, block_of_U(offset0 + k * four), block_of_U(offset1 + k * four)); }
}
