// out[n] = table[ids[n]] + bias: the product of one-hot rows with a matrix is a row look-up. With W as the table it
// makes x W + b of a layer that reads ids; with an embedding it makes that layer's x. Columns from `at` are made, of rows
// `first` … of ids into rows `to` … of the result.
// An invocation makes 4 columns of 8 rows. Grid: x = width4 invocations, y = ⌈count / 8⌉.
struct Lookup {
  first: u32,  // first row of `ids`
  to: u32,     // first row of `out`
  count: u32,  // rows
  at: u32,     // first column, in vec4f
  width4: u32, // columns, in vec4f
  stride: u32, // of a row of the table and of the result, in vec4f
}
@group(0) @binding(0) var<uniform> size: Lookup;
@group(0) @binding(1) var<storage, read> ids: array<u32>;          // [≥ first + count]
@group(0) @binding(2) var<storage, read> table: array<vec4f>;      // [V, stride]
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;       // [stride]
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;  // [≥ to + count, stride]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.width4) { return; }
  let column = size.at + id.x;
  let add = bias[column];
  // 65535 workgroups a dimension: z takes over where y ends.
  let first = 8 * (id.z * 65535 + id.y);
  for (var n = first; n < min(first + 8, size.count); n++) {
    out[(size.to + n) * size.stride + column] = table[ids[size.first + n] * size.stride + column] + add;
  }
}
