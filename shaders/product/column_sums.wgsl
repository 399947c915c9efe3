// sums = Σ_k B[k], or sums += that: the gradient of a bias, or of learned initial states, unless a product computes it on the way. Of a layer that
// looks its input up by id, B is dW: every gate gradient is in one row of it, and for most vocabularies the rows are fewer.
// Grid: N4 invocations (of each row slice), flat, z as the matrices have.
#import lib/product

@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;            // [K, N]
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;   // [N]

// Workgroup size in x: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Whether B is in the buffer of the sums, which can only be bound once.
override within: bool = false;
// Whether they are added to what is in the sums already.
override adds: bool = false;

fn load(i: u32) -> vec4f {
  if (within) { return sums[i]; }
  return b[i];
}

// Invocations that share a column: each adds every `row_slices`th row, then the first adds their sums in order. On a GPU they are many, as one
// would wait for each row.
override row_slices: u32 = 1;
var<workgroup> partial: array<vec4f, width>;

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let lanes = width / row_slices;
  let row_slice = local / lanes;
  let column = (group.y * 65535 + group.x) * lanes + local % lanes; // where x ends, y takes over (flatGrid)
  let offset = size.b + group.z * size.b_z + min(column, size.N4 - 1);
  var sum = vec4f();
  for (var k = row_slice; k < size.K; k += row_slices) { sum += load(offset + k * size.b_stride); }
  if (row_slices > 1) {
    partial[local] = sum;
    workgroupBarrier();
    for (var p = 1u; p < row_slices; p++) { sum += partial[local % lanes + p * lanes]; }
  }
  if (row_slice > 0 || column >= size.N4) { return; }
  let sums_offset = size.sums + group.z * size.sums_z + column;
  if (adds) { sums[sums_offset] += sum; } else { sums[sums_offset] = sum; }
}
