// out = the states of both directions of a layer, merged unit by unit: their sum, mean or product. At each step, or the final ones.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
#import lib/merge
@group(0) @binding(0) var<uniform> size: Merge;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;            // [T+2, B, 2, H]
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;    // [rows, H]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    let at = of_direction_0(n);
    let a = h[size.first + at];
    let b = h[size.second + at];
    out[n] = select(a + b, a * b, product) * factor;
  }
}
