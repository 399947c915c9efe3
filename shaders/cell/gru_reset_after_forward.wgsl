// GRU with the reset gate after the product (PyTorch, cuDNN), one step forward:
//   r z = σ(x W + b + h' U)      s = h' U_n + b'_n      n = tanh(x W_n + b_n + r ⊙ s)      h = z ⊙ h' + (1−z) ⊙ n
// An invocation makes 8 rows × 4 units with their three gates (4 rows unless tall).
// Grid: x = H4 invocations, y = ⌈B / 8⌉ (⌈B / 4⌉), z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read> bn: array<vec4f>;             // [D, H]
@group(0) @binding(4) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: x W + b; out: r z n
@group(0) @binding(5) var<storage, read_write> saved: array<vec4f>;    // [T, B, D, H] out: s
@group(0) @binding(6) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
#import lib/recurrent_product

fn finish(t: u32, b: u32, d: u32, unit: u32, pr: vec4f, pz: vec4f, pn: vec4f) {
  if (b >= step.B) { return; }
  let H4 = step.H4;
  var state = h[state_before(t, b, d) + unit];
  if (t < lengths[b]) {
    let row = row_at(t, b, d);
    let at = row * 3 * H4 + unit;
    let r = sigmoid(gates[at] + pr);
    let z = sigmoid(gates[at + H4] + pz);
    let s = pn + bn[d * H4 + unit];
    let n = tanh_safe(gates[at + 2 * H4] + r * s);
    state = z * state + (1.0 - z) * n;
    gates[at] = r;
    gates[at + H4] = z;
    gates[at + 2 * H4] = n;
    saved[row * H4 + unit] = s;
  }
  h[state_after(t, b, d) + unit] = state;
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
  var n0 = mat4x4f();
  var r1 = mat4x4f();
  var z1 = mat4x4f();
  var n1 = mat4x4f();
  for (var k = 0u; k < H4; k++) {
    let at = (d * H4 + k) * 12 * H4 + unit; // four rows of U, each 3 gates of H4
    let ur = block_of_U(at, 3 * H4);
    let uz = block_of_U(at + H4, 3 * H4);
    let un = block_of_U(at + 2 * H4, 3 * H4);
    let h0 = block_of_h(rows0, k);
    r0 += ur * h0;
    z0 += uz * h0;
    n0 += un * h0;
    if (tall) {
      let h1 = block_of_h(rows1, k);
      r1 += ur * h1;
      z1 += uz * h1;
      n1 += un * h1;
    }
  }
  var tile = array<mat4x4f, 6>(r0, z0, n0, r1, z1, n1);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    let at = r / 4 * 3;
    finish(t, row + r, d, unit, tile[at][r % 4], tile[at + 1][r % 4], tile[at + 2][r % 4]);
  }
}
