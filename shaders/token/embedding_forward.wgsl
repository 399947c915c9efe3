// out[n] = table[ids[n]] + bias: the product of one-hot rows with a matrix is a row look-up. With W as the table it
// makes x W + b of a layer that reads ids; with an embedding it makes that layer's x.
// An invocation makes 4 columns of 8 rows. Grid: x = width4 invocations, y = ⌈count / 8⌉.
struct Lookup {
  first: u32,  // first row of `ids` and of `out`
  count: u32,  // rows
  width4: u32, // of a row of the table and of the result, in vec4f
}
@group(0) @binding(0) var<uniform> size: Lookup;
@group(0) @binding(1) var<storage, read> ids: array<u32>;          // [first + count, …]
@group(0) @binding(2) var<storage, read> table: array<vec4f>;      // [V, width]
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;       // [width]
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;  // [first + count, width]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.width4) { return; }
  let add = bias[id.x];
  // 65535 workgroups a dimension: z takes over where y ends.
  let first = 8 * (id.z * 65535 + id.y);
  for (var n = first; n < min(first + 8, size.count); n++) {
    let row = size.first + n;
    out[row * size.width4 + id.x] = table[ids[row] * size.width4 + id.x] + add;
  }
}
