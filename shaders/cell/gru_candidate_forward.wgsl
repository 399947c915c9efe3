// GRU with the reset gate before the product, one step forward, second half:
//   n = tanh(x W_n + b_n + s U_n), s = r ⊙ h'      h = z ⊙ h' + (1−z) ⊙ n
// An invocation makes 8 rows × 8 units (4 rows unless tall).
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / 8⌉ (⌈B / 4⌉), z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: r z and x W_n + b_n; out: r z n
@group(0) @binding(4) var<storage, read> saved: array<vec4f>;          // [T, B, D, H]: s
@group(0) @binding(5) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
#import lib/recurrent_product
#import lib/tile_forward

fn left(t: u32, rows: vec4u, d: u32) -> vec4u {
  return vec4u(row_at(t, rows.x, d), row_at(t, rows.y, d), row_at(t, rows.z, d), row_at(t, rows.w, d)) * step.H4;
}

fn block_of_left(rows: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(saved[rows.x + k], saved[rows.y + k], saved[rows.z + k], saved[rows.w + k]);
}

fn finish(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (b >= step.B || unit >= step.H4) { return; }
  var state = h[state_before(t, b, d) + unit];
  if (t < lengths[b]) {
    let at = row_at(t, b, d) * 3 * step.H4 + unit;
    let z = gates[at + step.H4];
    let n = tanh_safe(gates[at + 2 * step.H4] + product);
    gates[at + 2 * step.H4] = n;
    state = z * state + (1.0 - z) * n;
  }
  h[state_after(t, b, d) + unit] = state;
}

// The candidate's columns of four rows of U.
fn right(k: u32, unit: u32, d: u32) -> u32 { return (d * step.H4 + k) * 12 * step.H4 + 2 * step.H4 + unit; }
fn right_stride() -> u32 { return 3 * step.H4; }
