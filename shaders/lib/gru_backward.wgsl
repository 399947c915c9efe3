// GRU with the reset gate before the product, one step backward, in two phases, with
// dh = dy + [dr dz](step after) U_rzᵀ + carried:
//   dn = dh ⊙ (1−z) ⊙ (1−n²)      dz = dh ⊙ (h' − n) ⊙ z(1−z)      carried = z ⊙ dh
//   ds = dn U_nᵀ      dr = ds ⊙ h' ⊙ r(1−r)      carried += r ⊙ ds
#import lib/step
#import lib/gate_derivatives
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 3, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 3, H] in: r z n; out: dr dz dn
@group(0) @binding(4) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where traced: dL/dh of the step
@group(0) @binding(6) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/step_backward
const G = 3u;

fn finish_candidate(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let H4 = step.H4;
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * 3 * H4 + unit;
  var total = dh[state] + product;
  var dz = vec4f();
  var dn = vec4f();
  if (t < lengths[b]) {
    let z = gates[offset + H4];
    let n = gates[offset + 2 * H4];
    let dy_offset = row_index(t, b, d) * H4 + unit;
    total += dy[dy_offset];
    if (trace) { dy[dy_offset] = total; }
    dn = total * (1.0 - z) * candidate_derivative(n);
    dz = total * (h[state_before(t, b, d) + unit] - n) * gate_derivative(z);
    total *= z;
  }
  gates[offset + H4] = dz;
  gates[offset + 2 * H4] = dn;
  dh[state] = total;
}

fn finish_gates(t: u32, b: u32, d: u32, unit: u32, ds: vec4f) {
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * 3 * step.H4 + unit;
  var dr = vec4f();
  if (t < lengths[b]) {
    let r = gates[offset];
    dr = ds * h[state_before(t, b, d) + unit] * gate_derivative(r);
    dh[state] += r * ds;
  }
  gates[offset] = dr;
}

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (phase == 0) { finish_candidate(t, b, d, unit, product); } else { finish_gates(t, b, d, unit, product); }
}
