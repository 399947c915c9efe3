// y = f(y) in place: the activation of a dense layer, behind a product that does not apply it itself.
// Grid: workgroups of 64, together `stride` invocations.
#import lib/dense_activation

struct Activation {
  n4: u32,      // vec4f in all
  stride: u32,  // invocations in all: each takes every stride-th
  first: u32,   // where they begin, in vec4f
  N4: u32,      // vec4f of a row
}
@group(0) @binding(0) var<uniform> size: Activation;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;    // [rows, N]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) { y[size.first + n] = activate(y[size.first + n], n % size.N4 == size.N4 - 1); }
}
