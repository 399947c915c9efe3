// Gradient accumulation: the gradients of this backward pass, and those of the passes before it.
// All parameters in one dispatch. Grid: workgroups of 64, together `stride` invocations.
#import lib/grid
@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> earlier: array<vec4f>;             // every gradient, flat
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;     // in the same places

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) { gradients[n] += earlier[n]; }
}
