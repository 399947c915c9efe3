// GRU with the reset gate before the product, one step backward, second half:
//   ds = dn U_nᵀ      dr = ds ⊙ h' ⊙ r(1−r)      carried += r ⊙ ds
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [T, B, D, 3, H] in: r dz dn; out: dr dz dn
@group(0) @binding(4) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/recurrent_gradient

fn finish(t: u32, b: u32, d: u32, unit: u32, ds: vec4f) {
  let state = (b * step.D + d) * step.H4 + unit;
  let at = row_at(t, b, d) * 3 * step.H4 + unit;
  var dr = vec4f();
  if (t < lengths[b]) {
    let r = gates[at];
    dr = ds * h[state_before(t, b, d) + unit] * sigmoid_derivative(r);
    dh[state] += r * ds;
  }
  gates[at] = dr;
}

fn load_left(i: u32) -> vec4f { return gates[i]; }

// ds, of this very step.
fn recurrent_gradient(tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32) {
  let H4 = step.H4;
  add_gates_times_U(tile, time(s, d), rows, unit, d, 3 * H4, 2 * H4, 3 * H4, 2 * H4, H4);
}
