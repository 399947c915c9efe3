// GRU with the reset gate before the product, one step forward, second half:
//   n = tanh(x W_n + b_n + s U_n), s = r ⊙ h'      h = z ⊙ h' + (1−z) ⊙ n
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: r z and x W_n + b_n; out: r z n
@group(0) @binding(4) var<storage, read> saved: array<vec4f>;          // [T, B, D, H]: s
@group(0) @binding(5) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
#import lib/tile_forward

fn finish_units(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (unit >= step.H4) { return; }
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

// A pair of column blocks is 8 units.
fn finish(t: u32, b: u32, d: u32, column: u32, p0: vec4f, p1: vec4f) {
  finish_units(t, b, d, 2 * column, p0);
  finish_units(t, b, d, 2 * column + 1, p1);
}

fn load_left(i: u32) -> vec4f { return saved[i]; }
fn left(t: u32, rows: TileRows, d: u32) -> TileRows { return tile_at(t, rows, d, step.H4); }
fn columns() -> u32 { return (step.H4 + 1) / 2; }
// The candidate's columns of U.
fn right(column: u32, d: u32) -> vec2u {
  return (d * 12 * step.H4 + 2) * step.H4 + min(2 * column + vec2u(0, 1), vec2u(step.H4 - 1));
}
fn right_stride() -> u32 { return 3 * step.H4; }
