// GRU with the reset gate before the product (Dive into Deep Learning), one step forward, in two phases, because the second
// multiplies all of s by U_n:
//   r z = σ(x W + b + h' U)      s = r ⊙ h'
//   n = tanh(x W_n + b_n + s U_n)      h = z ⊙ h' + (1−z) ⊙ n
#import lib/step
#import lib/gates
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> ids: array<u32>;              // [T, B], where rows of W are looked up
@group(0) @binding(3) var<storage, read> W: array<vec4f>;              // [V, D, 3, H], the same
@group(0) @binding(4) var<storage, read> U: array<vec4f>;              // [D, H, 3, H], and b behind it
@group(0) @binding(5) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 3, H] in: x W + b unless looked up; out: r z n
@group(0) @binding(6) var<storage, read_write> saved: array<vec4f>;    // [S, B, D, H] out: s
@group(0) @binding(7) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
#import lib/step_forward
fn finish_gates(t: u32, b: u32, d: u32, unit: u32, pr: vec4f, pz: vec4f) {
  if (t >= lengths[b]) { return; }
  let row = input_row(t, b, d, 3 * step.H4);
  let saved_offset = segment_row(t, b, d) * step.H4;
  let r = gate_activation(input_columns(row, unit) + pr);
  gates[3 * saved_offset + unit] = r;
  gates[3 * saved_offset + unit + step.H4] = gate_activation(input_columns(row, unit + step.H4) + pz);
  saved[saved_offset + unit] = r * h[state_before(t, b, d) + unit];
}

fn finish_candidate(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (unit >= step.H4) { return; }
  var state = h[state_before(t, b, d) + unit];
  if (t < lengths[b]) {
    let row = input_row(t, b, d, 3 * step.H4);
    let offset = segment_row(t, b, d) * 3 * step.H4 + unit;
    let z = gates[offset + step.H4];
    let n = candidate_activation(input_columns(row, unit + 2 * step.H4) + product);
    gates[offset + 2 * step.H4] = n;
    state = z * state + (1.0 - z) * n;
  }
  h[state_after(t, b, d) + unit] = state;
}
