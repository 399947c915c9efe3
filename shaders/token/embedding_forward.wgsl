// out[n] = table[ids[n]], of `count` rows from `first`: the product of one-hot rows with the embedding is a row look-up.
// An invocation copies 4 columns of 8 rows. Grid: x = `stride` invocations, y = ⌈count / 8⌉.
#import lib/grid
struct Lookup {
  first: u32,  // first row of `ids` and of `out`
  count: u32,  // rows
  stride: u32, // of a row of the table and of the result, in vec4f
}
@group(0) @binding(0) var<uniform> size: Lookup;
@group(0) @binding(1) var<storage, read> ids: array<u32>;          // [≥ first + count]
@group(0) @binding(2) var<storage, read> table: array<vec4f>;      // [V, stride]
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;  // [≥ first + count, stride]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  if (id.x >= size.stride) { return; }
  let first = 8 * id.y;
  for (var n = size.first + first; n < size.first + min(first + 8, size.count); n++) {
    out[n * size.stride + id.x] = table[ids[n] * size.stride + id.x];
  }
}
