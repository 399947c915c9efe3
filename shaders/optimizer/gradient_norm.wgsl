// Partial sums of squares of all gradients, one a workgroup; statistics.wgsl adds them up.
// Grid: as many workgroups as there are partial sums.
#import lib/grid
@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;        // every gradient, flat
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;     // [workgroups]
@group(0) @binding(3) var<storage, read> groups: array<u32>;             // flat, a table and then bytes: lib/groups
#import lib/groups

override width: u32 = 64;
var<workgroup> sums: array<f32, width>;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) i: u32, @builtin(workgroup_id) group: vec3u) {
  var sum = vec4f();
  for (var n = id.x; n < size.n4; n += size.stride) {
    let group = group_of(n);
    if (group.times == 0.0) { continue; }
    let gradient = gradients[n];
    sum += group.times * (gradient * gradient);
  }
  sums[i] = dot(sum, vec4f(1.0));
  for (var half = width / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (i < half) { sums[i] += sums[i + half]; }
  }
  if (i == 0) { partials[group.x] = sums[0]; }
}
