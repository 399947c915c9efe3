// From the gradient of what layer/merge has merged to that of the states of each direction.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
#import lib/merge
@group(0) @binding(0) var<uniform> size: Merge;
@group(0) @binding(1) var<storage, read> h: array<vec4f>;            // [T+2, B, 2, H]
@group(0) @binding(2) var<storage, read> dout: array<vec4f>;         // [rows, H]
@group(0) @binding(3) var<storage, read_write> dh: array<vec4f>;     // [rows, 2, H]

// Whether it is added to what is there.
override adds: bool = false;

fn put(i: u32, d: vec4f) {
  if (adds) { dh[i] += d; } else { dh[i] = d; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    let at = of_direction_0(n);
    let d = factor * dout[n];
    put(at, select(d, d * h[size.second + at], product));
    put(at + size.H4, select(d, d * h[size.first + at], product));
  }
}
