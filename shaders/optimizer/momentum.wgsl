// Gradient descent with momentum, as torch.optim.SGD has it: v = beta1 · v + g, p −= rate · v.
// All parameters in one dispatch. Grid: workgroups of 64, together `stride` invocations.
#import lib/grid
#import lib/control
@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> statistics: Statistics;
@group(0) @binding(3) var<storage, read> gradients: array<vec4f>;           // every gradient, flat
@group(0) @binding(4) var<storage, read_write> parameters: array<vec4f>;    // every parameter, in the same places
@group(0) @binding(5) var<storage, read_write> velocity: array<vec4f>;  // in the same places, zero at first
@group(0) @binding(6) var<storage, read> groups: array<u32>;          // flat, a table and then bytes: lib/groups
#import lib/update
#import lib/groups

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (statistics.verdict != counts) { return; }
  let now = control;
  let clip = clipping();
  for (var n = id.x; n < size.n4; n += size.stride) {
    let group = group_of(n);
    if (group.times == 0.0) { continue; }
    let v = now.beta1 * velocity[n] + clipped(n, clip);
    velocity[n] = v;
    parameters[n] -= now.rate * (group.rate * group.times) * v;
  }
}
