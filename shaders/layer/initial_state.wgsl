// Every row of the batch begins with the learned initial state: slot 0 for the direction that reads forwards, slot T + 1
// for one that reads backwards.
// Grid: x = D · H4 invocations, y = B.
#import lib/grid
@group(0) @binding(0) var<uniform> size: Layer;
@group(0) @binding(1) var<storage, read> initial: array<vec4f>;        // [D, H]
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;    // [T+2, B, D, H]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let row = size.D * size.H4;
  if (id.x >= row || id.y >= size.B) { return; }
  let d = id.x / size.H4;
  let slot = select(0u, size.T + 1, d == 1);
  state[(slot * size.B + id.y) * row + id.x] = initial[id.x];
}
