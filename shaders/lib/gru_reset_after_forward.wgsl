// GRU with the reset gate after the product (PyTorch, cuDNN), one step forward:
//   r z = σ(x W + b + h' U)      s = h' U_n + b'_n      n = tanh(x W_n + b_n + r ⊙ s)      h = z ⊙ h' + (1−z) ⊙ n
#import lib/step
#import lib/gates
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> ids: array<u32>;              // [T, B], where rows of W are looked up
@group(0) @binding(3) var<storage, read> W: array<vec4f>;              // [V, D, 3, H], the same
@group(0) @binding(4) var<storage, read> U: array<vec4f>;              // [D, H, 3, H], and b behind it
@group(0) @binding(5) var<storage, read> bn: array<vec4f>;             // [D, H]
@group(0) @binding(6) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 3, H] in: x W + b unless looked up; out: r z n
@group(0) @binding(7) var<storage, read_write> saved: array<vec4f>;    // [S, B, D, H] out: s
@group(0) @binding(8) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
#import lib/step_forward

fn recurrent_bias(d: u32, unit: u32) -> vec4f {
  if (step.b == 0) { return vec4f(); }
  return bn[direction_offset(d, step.H4) + unit];
}

fn finish(t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  let H4 = step.H4;
  var state = h[state_before(t, b, d) + unit];
  if (t < lengths[b]) {
    let row = input_row(t, b, d, 3 * H4);
    let saved_offset = segment_row(t, b, d) * H4;
    let offset = 3 * saved_offset + unit;
    let r = gate_activation(input_columns(row, unit) + product[0]);
    let z = gate_activation(input_columns(row, unit + H4) + product[1]);
    let s = product[2] + recurrent_bias(d, unit);
    let n = candidate_activation(input_columns(row, unit + 2 * H4) + product[3] + r * s);
    state = z * state + (1.0 - z) * n;
    gates[offset] = r;
    gates[offset + H4] = z;
    gates[offset + 2 * H4] = n;
    saved[saved_offset + unit] = s;
  }
  h[state_after(t, b, d) + unit] = state;
}
