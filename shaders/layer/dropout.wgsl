// Dropout between layers: data = source ⊙ mask / (1 − p). The mask comes anew from the counter-based random numbers of this step's seed, so
// forward and backward have the same one and nobody stores it. Backward works in place.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
#import lib/control
#import lib/random

struct Dropout {
  n4: u32,      // vec4f in all
  stride: u32,  // invocations in all
  source_offset: u32, // where the outputs begin in `data`, in vec4f
  data_offset: u32, // and where the dropped outputs do
  layer: u32,   // the layer whose outputs these are: the stream of the random numbers
  p: f32,       // fraction dropped
}
@group(0) @binding(0) var<uniform> size: Dropout;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read_write> data: array<vec4f>;     // [T, B, D, H] from `source_offset`, and from `data_offset`

// Whether the values at `data_offset` are multiplied there (backward); otherwise they come from the outputs.
override in_place: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    var value: vec4f;
    if (in_place) { value = data[size.data_offset + n]; } else { value = data[size.source_offset + n]; }
    for (var k = 0u; k < 4; k++) {
      let trace = uniform_random(control.seed, size.layer, 4 * n + k) >= size.p;
      value[k] = select(0.0, value[k] / (1.0 - size.p), trace);
    }
    data[size.data_offset + n] = value;
  }
}
