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
#import lib/tile_forward

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

fn left(t: u32, rows: vec4u, d: u32) -> vec4u { return rows_before(t, rows, d); }
fn block_of_left(rows: vec4u, k: u32) -> mat4x4f { return block_of_h(rows, k); }
fn right(k: u32, unit: u32, d: u32) -> u32 { return (d * step.H4 + k) * 4 * step.H4 + unit; }
fn right_stride() -> u32 { return step.H4; }
