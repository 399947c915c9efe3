// A snapshot of what training changes, to go back to. It is taken where `control` says so, and written back where the step is dropped. It comes
// before the update, so it has values that gave a finite loss and a finite gradient.
// One flat array a dispatch. Grid: workgroups of 64, together `stride` invocations.
#import lib/grid
#import lib/control

@group(0) @binding(0) var<uniform> size: Flat;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> statistics: Statistics;
@group(0) @binding(3) var<storage, read_write> values: array<vec4f>;  // every parameter, or what the optimizer remembers of each
@group(0) @binding(4) var<storage, read_write> copy: array<vec4f>;    // in the same places

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let back = statistics.verdict != counts;
  if (!back && (control.policy & snapshots) == 0) { return; }
  for (var n = id.x; n < size.n4; n += size.stride) {
    if (back) { values[n] = copy[n]; } else { copy[n] = values[n]; }
  }
}
