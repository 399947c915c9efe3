// Minimal gated unit, one step backward, in two phases, with dh = dy + df(step after) U_fᵀ + carried:
//   dn = dh ⊙ f ⊙ (1−n²)      carried = (1−f) ⊙ dh
//   ds = dn U_nᵀ      df = (dh ⊙ (n − h') + ds ⊙ h') ⊙ f(1−f)      carried += f ⊙ ds
// where dh ⊙ (n − h') ⊙ f(1−f) = (1−f) ⊙ dh ⊙ (h − h'), as h − h' = f ⊙ (n − h').
#import lib/step
#import lib/activation
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 2, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 2, H] in: f n; out: df dn
@group(0) @binding(4) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where traced: dL/dh of the step
@group(0) @binding(6) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/step_backward
const G = 2u;

fn finish_candidate(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let H4 = step.H4;
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * 2 * H4 + unit;
  var total = dh[state] + product;
  var dn = vec4f();
  if (t < lengths[b]) {
    let f = gates[offset];
    let dy_offset = row_index(t, b, d) * H4 + unit;
    total += dy[dy_offset];
    if (trace) { dy[dy_offset] = total; }
    dn = total * f * tanh_derivative(gates[offset + H4]);
    total *= 1.0 - f;
  }
  gates[offset + H4] = dn;
  dh[state] = total;
}

fn finish_gate(t: u32, b: u32, d: u32, unit: u32, ds: vec4f) {
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * 2 * step.H4 + unit;
  var df = vec4f();
  if (t < lengths[b]) {
    let f = gates[offset];
    let before = h[state_before(t, b, d) + unit];
    df = dh[state] * (h[state_after(t, b, d) + unit] - before) + ds * before * sigmoid_derivative(f);
    dh[state] += f * ds;
  }
  gates[offset] = df;
}

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (phase == 0) { finish_candidate(t, b, d, unit, product); } else { finish_gate(t, b, d, unit, product); }
}
