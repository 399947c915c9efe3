// GRU with the reset gate before the product (Dive into Deep Learning), one step forward, first half:
//   r z = σ(x W + b + h' U)      s = r ⊙ h'
// The second half, gru_candidate_forward, multiplies s by U_n, so it needs all of s: a dispatch of its own.
// An invocation makes 8 rows × 4 units with both gates (4 rows unless tall).
// Grid: x = H4 invocations, y = ⌈B / 8⌉ (⌈B / 4⌉), z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: x W + b; out: r z
@group(0) @binding(4) var<storage, read_write> saved: array<vec4f>;    // [T, B, D, H] out: s
@group(0) @binding(5) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
#import lib/recurrent_product

fn finish(t: u32, b: u32, d: u32, unit: u32, pr: vec4f, pz: vec4f) {
  if (b >= step.B || t >= lengths[b]) { return; }
  let row = row_at(t, b, d);
  let at = row * 3 * step.H4 + unit;
  let r = sigmoid(gates[at] + pr);
  gates[at] = r;
  gates[at + step.H4] = sigmoid(gates[at + step.H4] + pz);
  saved[row * step.H4 + unit] = r * h[state_before(t, b, d) + unit];
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let row = id.y * select(4u, 8u, tall);
  let d = id.z;
  if (unit >= step.H4) { return; }
  let t = time(step.s, d);
  let H4 = step.H4;
  let rows0 = rows_before(t, four_rows(row), d);
  let rows1 = rows_before(t, four_rows(row + 4), d);
  var r0 = mat4x4f();
  var z0 = mat4x4f();
  var r1 = mat4x4f();
  var z1 = mat4x4f();
  for (var k = 0u; k < H4; k++) {
    let at = (d * H4 + k) * 12 * H4 + unit; // four rows of U, each 3 gates of H4
    let ur = block_of_U(at, 3 * H4);
    let uz = block_of_U(at + H4, 3 * H4);
    let h0 = block_of_h(rows0, k);
    r0 += ur * h0;
    z0 += uz * h0;
    if (tall) {
      let h1 = block_of_h(rows1, k);
      r1 += ur * h1;
      z1 += uz * h1;
    }
  }
  var tile = array<mat4x4f, 4>(r0, z0, r1, z1);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    finish(t, row + r, d, unit, tile[r / 4 * 2][r % 4], tile[r / 4 * 2 + 1][r % 4]);
  }
}
