// Adam with decoupled weight decay (AdamW; Adam where decay = 0), Loshchilov and Hutter 2019:
//   m = beta1 · m + (1 − beta1) · g      s = beta2 · s + (1 − beta2) · g²
//   p −= rate · (decay · p + m / correction1 / (√(s / correction2) + epsilon))
// All parameters in one dispatch. Grid: workgroups of 64, together `stride` invocations.
#import lib/grid
#import lib/control
@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> statistics: Statistics;
@group(0) @binding(3) var<storage, read> gradients: array<vec4f>;           // every gradient, flat
@group(0) @binding(4) var<storage, read_write> parameters: array<vec4f>;    // every parameter, in the same places
@group(0) @binding(5) var<storage, read_write> mean: array<vec4f>;  // in the same places, zero at first
@group(0) @binding(6) var<storage, read_write> square: array<vec4f>;  // in the same places, zero at first
@group(0) @binding(7) var<storage, read> groups: array<u32>;          // flat, a table and then bytes: lib/groups
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
    let g = clipped(n, clip);
    let m = now.beta1 * mean[n] + (1.0 - now.beta1) * g;
    let s = now.beta2 * square[n] + (1.0 - now.beta2) * g * g;
    mean[n] = m;
    square[n] = s;
    let step = m / now.correction1 / (sqrt(s / now.correction2) + now.epsilon);
    let decay = select(now.decay, group.decay, grouped);
    parameters[n] -= now.rate * group.rate * (decay * parameters[n] + group.times * step);
  }
}
