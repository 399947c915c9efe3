// LSTM, one step forward:
//   i f g o = σ σ tanh σ (x W + b + h' U)      c = f ⊙ c' + i ⊙ g      h = o ⊙ tanh(c)
// With peepholes p ⊙ c' is added within i and f, p ⊙ c within o.
// An invocation makes 8 rows × 4 units with their four gates (4 rows unless tall).
// Grid: x = H4 invocations, y = ⌈B / 8⌉ (⌈B / 4⌉), z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 4, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 4, H] in: x W + b; out: i f g o
@group(0) @binding(4) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> c: array<vec4f>;        // [T+2, B, D, H]
@group(0) @binding(6) var<storage, read> p: array<vec4f>;              // [D, 3, H]: peepholes of i f o
#import lib/recurrent_product

override peepholes: bool = false;

// p ⊙ c, or nothing.
fn peep(d: u32, gate: u32, unit: u32, cell: vec4f) -> vec4f {
  if (!peepholes) { return vec4f(); }
  return p[(d * 3 + gate) * step.H4 + unit] * cell;
}

fn finish(t: u32, b: u32, d: u32, unit: u32, pi: vec4f, pf: vec4f, pg: vec4f, po: vec4f) {
  if (b >= step.B) { return; }
  let H4 = step.H4;
  let before = state_before(t, b, d) + unit;
  var state = h[before];
  var cell = c[before];
  if (t < lengths[b]) {
    let at = row_at(t, b, d) * 4 * H4 + unit;
    let i = sigmoid(gates[at] + pi + peep(d, 0, unit, cell));
    let f = sigmoid(gates[at + H4] + pf + peep(d, 1, unit, cell));
    let g = tanh_safe(gates[at + 2 * H4] + pg);
    cell = f * cell + i * g;
    let o = sigmoid(gates[at + 3 * H4] + po + peep(d, 2, unit, cell));
    state = o * tanh_safe(cell);
    gates[at] = i;
    gates[at + H4] = f;
    gates[at + 2 * H4] = g;
    gates[at + 3 * H4] = o;
  }
  let after = state_after(t, b, d) + unit;
  h[after] = state;
  c[after] = cell;
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
  var i0 = mat4x4f();
  var f0 = mat4x4f();
  var g0 = mat4x4f();
  var o0 = mat4x4f();
  var i1 = mat4x4f();
  var f1 = mat4x4f();
  var g1 = mat4x4f();
  var o1 = mat4x4f();
  for (var k = 0u; k < H4; k++) {
    let at = (d * H4 + k) * 16 * H4 + unit; // four rows of U, each 4 gates of H4
    let ui = block_of_U(at, 4 * H4);
    let uf = block_of_U(at + H4, 4 * H4);
    let ug = block_of_U(at + 2 * H4, 4 * H4);
    let uo = block_of_U(at + 3 * H4, 4 * H4);
    let h0 = block_of_h(rows0, k);
    i0 += ui * h0;
    f0 += uf * h0;
    g0 += ug * h0;
    o0 += uo * h0;
    if (tall) {
      let h1 = block_of_h(rows1, k);
      i1 += ui * h1;
      f1 += uf * h1;
      g1 += ug * h1;
      o1 += uo * h1;
    }
  }
  var tile = array<mat4x4f, 8>(i0, f0, g0, o0, i1, f1, g1, o1);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    let at = r / 4 * 4;
    finish(t, row + r, d, unit, tile[at][r % 4], tile[at + 1][r % 4], tile[at + 2][r % 4], tile[at + 3][r % 4]);
  }
}
