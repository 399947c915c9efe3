// The masks of dropout that a sequence has one of: 0 or 1 / (1 − p) for each row, direction and unit, by the seed of the step.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
#import lib/control
#import lib/random

struct SequenceMask {
  n4: u32,        // vec4f in all
  stride: u32,    // invocations in all
  first: u32,     // where the masks begin in `mask`, in vec4f
  stream: u32,    // of the random numbers
  p: f32,         // fraction dropped
}
@group(0) @binding(0) var<uniform> size: SequenceMask;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read_write> mask: array<vec4f>;    // [B, D, H] from `first`

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    var value: vec4f;
    for (var k = 0u; k < 4; k++) {
      value[k] = select(0.0, 1.0 / (1.0 - size.p), uniform_random(control.seed, size.stream, 4 * n + k) >= size.p);
    }
    mask[size.first + n] = value;
  }
}
