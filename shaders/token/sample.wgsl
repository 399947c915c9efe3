// The next token of each row, sampled from its logits. It goes straight into the ids that the next step looks up, so many tokens are sampled
// without the CPU. Tokens of the prefix stay.
// Grid: y = B workgroups.
#import lib/sampling_workgroup

struct Sample {
  B: u32,      // rows
  V: u32,      // classes
  stride4: u32, // of a row of logits, in vec4f
  s: u32,      // this step: reads logits [s, B, V], writes ids [s+1, B]
}
@group(0) @binding(0) var<uniform> size: Sample;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> logits: array<vec4f>;       // [T, B, V]
@group(0) @binding(3) var<storage, read_write> ids: array<u32>;      // [T+1, B]

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  if (size.s + 1 < sampling.prefix) { return; }
  let b = group.y;
  let next = sample_class(lane, (size.s * size.B + b) * size.stride4, size.V, b, sampling.position + size.s);
  if (lane == 0) { ids[(size.s + 1) * size.B + b] = next; }
}
