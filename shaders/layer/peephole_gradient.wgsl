// dp = Σ over steps and rows of di ⊙ c', df ⊙ c', do ⊙ c: c' is the cell before the step, c the one after. The sum is over
// the steps whose gates are in memory (lib/step).
// Grid: x = 3 · H4 invocations, y = 1, z = D.
struct Peepholes {
  T: u32, B: u32, D: u32, H4: u32,
  first: u32, end: u32, // the segment
  add: u32,             // 1: to what is in dp already
}
@group(0) @binding(0) var<uniform> size: Peepholes;
@group(0) @binding(1) var<storage, read> gates: array<vec4f>;         // [S, B, D, 4, H]: dgates, in the order i f g o
@group(0) @binding(2) var<storage, read> c: array<vec4f>;             // [T+2, B, D, H]
@group(0) @binding(3) var<storage, read_write> dp: array<vec4f>;      // [D, 3, H]

// Whether a layer of one direction reads backwards.
override backwards: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let H4 = size.H4;
  if (id.x >= 3 * H4) { return; }
  let d = id.z;
  let p = id.x / H4;
  let gate = select(p, 3u, p == 2);
  let back = d == 1 || backwards;
  let slot = select(size.first, size.T - size.end, back) + select(select(0u, 2u, back), 1u, p == 2);
  var sum = vec4f();
  for (var n = 0u; n < (size.end - size.first) * size.B; n++) {
    sum += gates[((n * size.D + d) * 4 + gate) * H4 + id.x % H4] * c[((n + slot * size.B) * size.D + d) * H4 + id.x % H4];
  }
  if (size.add == 1) { sum += dp[d * 3 * H4 + id.x]; }
  dp[d * 3 * H4 + id.x] = sum;
}
