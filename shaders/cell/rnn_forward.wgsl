// RNN, one step forward: h = φ(x W + b + h' U), φ = tanh or relu.
// Grid: x = ⌈H4 / 2⌉ invocations (whole: one workgroup), y = ⌈B / tile height⌉, z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;      // [B]
@group(0) @binding(2) var<storage, read> ids: array<u32>;          // [T, B], where W is looked up
@group(0) @binding(3) var<storage, read> W: array<vec4f>;          // [V, D, 1, H], the same
@group(0) @binding(4) var<storage, read> U: array<vec4f>;          // [D, H, 1, H], and b behind it
@group(0) @binding(5) var<storage, read> gates: array<vec4f>;      // [S, B, D, 1, H]: x W + b unless looked up
@group(0) @binding(6) var<storage, read_write> h: array<vec4f>;    // [T+2, B, D, H], and the thinned outputs
#import lib/tile_forward
const phases = 1;

override relu: bool = false;

fn finish_units(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (unit >= step.H4) { return; }
  var y: vec4f;
  if (t < lengths[b]) {
    let a = input_at(input_row(t, b, d, step.H4), unit) + product;
    y = select(tanh_safe(a), max(a, vec4f()), relu);
  } else {
    y = h[state_before(t, b, d) + unit];
  }
  h[state_after(t, b, d) + unit] = y;
  put_out(t, b, unit, y);
}

// A pair of column blocks is 8 units.
fn finish(phase: u32, t: u32, b: u32, d: u32, column: u32, p0: vec4f, p1: vec4f) {
  finish_units(t, b, d, 2 * column, p0);
  finish_units(t, b, d, 2 * column + 1, p1);
}

fn load_left(i: u32) -> vec4f { return h[i]; }
fn left(phase: u32, t: u32, rows: TileRows, d: u32) -> TileRows { return tile_before(t, rows, d); }
fn invocations(phase: u32) -> u32 { return (step.H4 + 1) / 2; }
fn right(phase: u32, column: u32) -> vec2u { return min(2 * column + vec2u(0, 1), vec2u(step.H4 - 1)); }
fn right_stride() -> u32 { return step.H4; }
