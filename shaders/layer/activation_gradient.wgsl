// dy = dy ⊙ f'(y) in place: from the gradient of a dense layer's outputs to that of x W + b.
// Grid: workgroups of 64, together `stride` invocations.
#import lib/dense_activation
#import lib/grid
@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;           // [rows, N]
@group(0) @binding(2) var<storage, read_write> dy: array<vec4f>;    // [rows, N]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) { dy[n] *= activation_derivative(y[n]); }
}
