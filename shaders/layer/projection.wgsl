// h = m R after one step: the state of an LSTM in P columns, from m = o ⊙ tanh(c). Past the end of a row h is carried.
// Grid: x = P4 invocations, y = B, z = D.
#import lib/accumulate
#import lib/grid
#import lib/projection
@group(0) @binding(0) var<uniform> size: Projection;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;        // [B]
@group(0) @binding(2) var<storage, read> m: array<vec4f>;            // [T+2, B, D, H]
@group(0) @binding(3) var<storage, read> R: array<vec4f>;            // [D, H, P]
@group(0) @binding(4) var<storage, read_write> h: array<vec4f>;      // [T+2, B, D, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let P4 = size.P4;
  if (id.x >= P4 || id.y >= size.B) { return; }
  let d = id.z;
  let t = select(size.s, size.T - 1 - size.s, d == 1);
  let before = (select(t, t + 2, d == 1) * size.B + id.y) * size.D + d;
  let after = ((t + 1) * size.B + id.y) * size.D + d;
  if (t >= lengths[id.y]) {
    h[after * P4 + id.x] = h[before * P4 + id.x];
    return;
  }
  var sum = vec4f();
  var row = d * 4 * size.H4 * P4 + id.x;
  for (var k = 0u; k < max_iterations; k++) {
    if (k >= size.H4) { break; }
    let row1 = row + P4;
    let row2 = row1 + P4;
    let row3 = row2 + P4;
    sum = fma_terms(sum, m[after * size.H4 + k], mat4x4f(R[row], R[row1], R[row2], R[row3]));
    row = row3 + P4;
  }
  h[after * P4 + id.x] = sum;
}
