// GRU with the reset gate after the product, one step backward, with dh = dy + [dr dz ds](step after) Uᵀ + carried:
//   dn = dh ⊙ (1−z) ⊙ (1−n²)    dz = dh ⊙ (h' − n) ⊙ z(1−z)    dr = dn ⊙ s ⊙ r(1−r)    ds = dn ⊙ r    carried = z ⊙ dh
#import lib/step
#import lib/gate_derivatives
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 3, H] in: r z n; out: dr dz dn
@group(0) @binding(4) var<storage, read_write> saved: array<vec4f>;    // [S, B, D, H] in: s = h' U_n + b'_n; out: ds
@group(0) @binding(5) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(6) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where traced: dL/dh of the step
@group(0) @binding(7) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/step_backward
const G = 3u;

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let H4 = step.H4;
  let state = carried_offset(b, d) + unit;
  let row = segment_row(t, b, d);
  let offset = row * 3 * H4 + unit;
  var total = dh[state] + product;
  var dr = vec4f();
  var dz = vec4f();
  var dn = vec4f();
  var ds = vec4f();
  if (t < lengths[b]) {
    let r = gates[offset];
    let z = gates[offset + H4];
    let n = gates[offset + 2 * H4];
    let dy_offset = row_index(t, b, d) * H4 + unit;
    total += dy[dy_offset];
    if (trace) { dy[dy_offset] = total; }
    dn = total * (1.0 - z) * candidate_derivative(n);
    dz = total * (h[state_before(t, b, d) + unit] - n) * gate_derivative(z);
    dr = dn * saved[row * H4 + unit] * gate_derivative(r);
    ds = dn * r;
    total *= z;
  }
  gates[offset] = dr;
  gates[offset + H4] = dz;
  gates[offset + 2 * H4] = dn;
  saved[row * H4 + unit] = ds;
  dh[state] = total;
}
