// dL/dh of one step: `dy` takes it, of what reads the output and of what comes through the steps after it, which is in `dh`. Nothing of it is
// carried on then, but by the product dgates Uᵀ. Past the end of a row the state was carried, and so is its gradient; `dy` is zero.
// Grid: x = P4 invocations, y = B, z = D.
#import lib/grid
#import lib/projection
@group(0) @binding(0) var<uniform> size: Projection;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;        // [B]
@group(0) @binding(2) var<storage, read_write> dy: array<vec4f>;     // [T, B, D, P] in: dL/dy; out: dL/dh
@group(0) @binding(3) var<storage, read_write> dh: array<vec4f>;     // [B, D, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  if (id.x >= size.P4 || id.y >= size.B) { return; }
  let d = id.z;
  let t = select(size.s, size.T - 1 - size.s, d == 1);
  let inside = t < lengths[id.y];
  let state = (id.y * size.D + d) * size.P4 + id.x;
  let step = t * size.B * size.D * size.P4 + state;
  let gradient = dy[step] + dh[state];
  dy[step] = select(vec4f(), gradient, inside);
  dh[state] = select(dh[state], vec4f(), inside);
}
