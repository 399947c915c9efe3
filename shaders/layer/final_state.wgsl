// out = the final state of each row: after time T − 1 for the direction that reads forwards, after time 0 for the other.
// (Past the end of a sequence the state is carried, so these slots hold the state at its own end.)
// Grid: x = D · H4 invocations, y = B.
#import lib/grid
@group(0) @binding(0) var<uniform> size: Layer;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;            // [T+2, B, D, H]
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;    // [B, D, H]

// Whether a layer of one direction reads backwards.
override backwards: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let row = size.D * size.H4;
  if (id.x >= row || id.y >= size.B) { return; }
  let slot = select(size.T, 1u, id.x >= size.H4 || backwards);
  out[id.y * row + id.x] = h[(slot * size.B + id.y) * row + id.x];
}
