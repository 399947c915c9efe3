// Dropout between layers: data = source ⊙ mask / (1 − p), the mask drawn anew from the counter-based random numbers of this
// step's seed, so forward and backward have the same one and nobody stores it. Backward works in place.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
#import lib/control
#import lib/random
struct Dropout {
  n4: u32,      // vec4f in all
  stride: u32,  // invocations in all
  source_at: u32, // where the outputs begin in `data`, in vec4f
  data_at: u32, // and where what is made of them does
  layer: u32,   // the layer whose outputs these are: the stream of the random numbers
  p: f32,       // fraction dropped
}
@group(0) @binding(0) var<uniform> size: Dropout;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read_write> data: array<vec4f>;     // [T, B, D, H] from `source_at`, and from `data_at`

// Whether what lies at `data_at` is multiplied there (backward); otherwise it is made from the outputs.
override in_place: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    var value: vec4f;
    if (in_place) { value = data[size.data_at + n]; } else { value = data[size.source_at + n]; }
    for (var k = 0u; k < 4; k++) {
      let keep = uniform_random(control.seed, size.layer, 4 * n + k) >= size.p;
      value[k] = select(0.0, value[k] / (1.0 - size.p), keep);
    }
    data[size.data_at + n] = value;
  }
}
