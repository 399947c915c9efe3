// sums = Σ_k B[k], or sums += that: the gradient of a bias, or of learned initial states, where no product makes it on the way. Of a layer that
// looks its input up by id, B is dW: every gate gradient is in one row of it, and for most vocabularies the rows are fewer.
// Grid: x = N4 invocations, y = 1, z as the matrices have.
#import lib/product
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;            // [K, N]
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;   // [N]

// Workgroup size in x: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Whether B is in the buffer of the sums, which can only be bound once.
override within: bool = false;
// Whether to what is in the sums already.
override adds: bool = false;

fn load(i: u32) -> vec4f {
  if (within) { return sums[i]; }
  return b[i];
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.N4) { return; }
  let at = size.b + id.z * size.b_z + id.x;
  var sum = vec4f();
  for (var k = 0u; k < size.K; k++) { sum += load(at + k * size.b_stride); }
  let sums_at = size.sums + id.z * size.sums_z + id.x;
  if (adds) { sums[sums_at] += sum; } else { sums[sums_at] = sum; }
}
