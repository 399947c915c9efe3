// Joins what a layer or the head reads: the columns of one part beside those of the others, without the padding between directions and parts.
// Backward, the columns of the gradient are added to that of the part.
// Grid: x = ⌈columns / 4⌉ invocations of four columns, y = rows.
#import lib/grid

struct Join {
  rows: u32,
  columns: u32,        // of the part, D · H
  H: u32,              // columns that lie together, in elements; so many of D are padded to a multiple of 4
  part: u32,           // offset of the part, of its next row; in elements
  part_stride: u32,
  joined: u32,         // offset of its columns among the joined ones, and of the next row; in elements
  joined_stride: u32,
}
@group(0) @binding(0) var<uniform> size: Join;
@group(0) @binding(1) var<storage, read_write> part: array<f32>;      // [rows, D, H]
@group(0) @binding(2) var<storage, read_write> joined: array<f32>;    // [rows, I]

override backward: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  if (id.y >= size.rows) { return; }
  for (var column = 4 * id.x; column < min(4 * id.x + 4, size.columns); column++) {
    let p = size.part + id.y * size.part_stride + column / size.H * ((size.H + 3) / 4 * 4) + column % size.H;
    let j = size.joined + id.y * size.joined_stride + column;
    if (backward) { part[p] += joined[j]; } else { joined[j] = part[p]; }
  }
}
