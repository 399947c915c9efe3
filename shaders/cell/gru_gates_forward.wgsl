// GRU with the reset gate before the product (Dive into Deep Learning), one step forward, first half:
//   r z = σ(x W + b + h' U)      s = r ⊙ h'
// The second half, gru_candidate_forward, multiplies s by U_n, so it needs all of s: a dispatch of its own.
// Grid: x = H4 invocations, y = ⌈B / tile height⌉, z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: x W + b; out: r z
@group(0) @binding(4) var<storage, read_write> saved: array<vec4f>;    // [T, B, D, H] out: s
@group(0) @binding(5) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
#import lib/tile_forward

// A pair of column blocks is r and z of four units.
fn finish(t: u32, b: u32, d: u32, unit: u32, pr: vec4f, pz: vec4f) {
  if (t >= lengths[b]) { return; }
  let row = row_at(t, b, d);
  let at = row * 3 * step.H4 + unit;
  let r = sigmoid(gates[at] + pr);
  gates[at] = r;
  gates[at + step.H4] = sigmoid(gates[at + step.H4] + pz);
  saved[row * step.H4 + unit] = r * h[state_before(t, b, d) + unit];
}

fn load_left(i: u32) -> vec4f { return h[i]; }
fn left(t: u32, rows: TileRows, d: u32) -> TileRows { return tile_before(t, rows, d); }
fn columns() -> u32 { return step.H4; }
fn right(column: u32, d: u32) -> vec2u { return d * 12 * step.H4 * step.H4 + column + vec2u(0, step.H4); }
fn right_stride() -> u32 { return 3 * step.H4; }
