// The initial state becomes the final one of the training step before: slot 0 gets slot T. After a step that was dropped the state stays as that
// step began; after one that was skipped, without what is not finite in it, as each step to come would begin with it.
// Grid: workgroups of 64, together `stride` invocations.
#import lib/control

struct Carry {
  n4: u32,      // vec4f of a slot
  stride: u32,  // invocations in all: each takes every stride-th
  T: u32,
}
@group(0) @binding(0) var<uniform> size: Carry;
@group(0) @binding(1) var<storage, read> statistics: Statistics;       // of the step before
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;    // [T+2, B, D, H]

// By bits: compilers may take it that there is neither NaN nor infinity.
fn without_broken(x: vec4f) -> vec4f {
  return select(x, vec4f(), (bitcast<vec4u>(x) & vec4u(0x7f800000u)) == vec4u(0x7f800000u));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let verdict = statistics.verdict;
  if (verdict > skipped) { return; }
  for (var n = id.x; n < size.n4; n += size.stride) {
    if (verdict == counts) { state[n] = state[size.T * size.n4 + n]; } else { state[n] = without_broken(state[n]); }
  }
}
