// RNN, one step forward: h = φ(x W + b + h' U), φ = tanh or relu.
// An invocation makes 8 rows × 8 units (4 rows unless tall).
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / 8⌉ (⌈B / 4⌉), z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;      // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;          // [D, H, 1, H]
@group(0) @binding(3) var<storage, read> gates: array<vec4f>;      // [T, B, D, 1, H]: x W + b
@group(0) @binding(4) var<storage, read_write> h: array<vec4f>;    // [T+2, B, D, H]
#import lib/recurrent_product

override relu: bool = false;

fn finish(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (b >= step.B || unit >= step.H4) { return; }
  var y = h[state_before(t, b, d) + unit];
  if (t < lengths[b]) {
    let a = gates[row_at(t, b, d) * step.H4 + unit] + product;
    y = select(tanh_safe(a), max(a, vec4f()), relu);
  }
  h[state_after(t, b, d) + unit] = y;
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x * 2;
  let row = id.y * select(4u, 8u, tall);
  let d = id.z;
  if (unit >= step.H4) { return; }
  let t = time(step.s, d);
  let H4 = step.H4;
  let rows0 = rows_before(t, four_rows(row), d);
  let rows1 = rows_before(t, four_rows(row + 4), d);
  let next = min(unit + 1, H4 - 1) - unit;
  var a00 = mat4x4f();
  var a01 = mat4x4f();
  var a10 = mat4x4f();
  var a11 = mat4x4f();
  for (var k = 0u; k < H4; k++) {
    let at = (d * H4 + k) * 4 * H4 + unit;
    let u0 = block_of_U(at, H4);
    let u1 = block_of_U(at + next, H4);
    let h0 = block_of_h(rows0, k);
    a00 += u0 * h0;
    a01 += u1 * h0;
    if (tall) {
      let h1 = block_of_h(rows1, k);
      a10 += u0 * h1;
      a11 += u1 * h1;
    }
  }
  var tile = array<mat4x4f, 4>(a00, a01, a10, a11);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    finish(t, row + r, d, unit, tile[r / 4 * 2][r % 4]);
    finish(t, row + r, d, unit + 1, tile[r / 4 * 2 + 1][r % 4]);
  }
}
