// LSTM, one step forward:
//   i f g o = σ σ tanh σ (x W + b + h' U)      c = f ⊙ c' + i ⊙ g      h = o ⊙ tanh(c)
// With peepholes p ⊙ c' is added within i and f, p ⊙ c within o.
#import lib/step
#import lib/gates
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> ids: array<u32>;              // [T, B], where rows of W are looked up
@group(0) @binding(3) var<storage, read> W: array<vec4f>;              // [V, D, 4, H], the same
@group(0) @binding(4) var<storage, read> U: array<vec4f>;              // [D, H, 4, H], and b behind it
@group(0) @binding(5) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 4, H] in: x W + b unless looked up; out: i f g o
@group(0) @binding(6) var<storage, read_write> h: array<vec4f>;        // [T+2, B, D, H]
@group(0) @binding(7) var<storage, read_write> c: array<vec4f>;        // [T+2, B, D, H]
@group(0) @binding(8) var<storage, read> p: array<vec4f>;              // [D, 3, H]: peepholes of i f o
#import lib/step_forward

override peepholes: bool = false;

// p ⊙ c, or nothing.
fn peep(d: u32, gate: u32, unit: u32, cell: vec4f) -> vec4f {
  if (!peepholes) { return vec4f(); }
  return p[direction_offset(d, 3 * step.H4) + gate * step.H4 + unit] * cell;
}

fn finish(t: u32, b: u32, d: u32, unit: u32, product: mat4x4f) {
  let H4 = step.H4;
  let before = state_before(t, b, d) + unit;
  var state: vec4f;
  var cell = c[before];
  if (t < lengths[b]) {
    let row = input_row(t, b, d, 4 * H4);
    let offset = segment_row(t, b, d) * 4 * H4 + unit;
    let i = gate_activation(input_columns(row, unit) + product[0] + peep(d, 0, unit, cell));
    let f = gate_activation(input_columns(row, unit + H4) + product[1] + peep(d, 1, unit, cell));
    let g = candidate_activation(input_columns(row, unit + 2 * H4) + product[2]);
    cell = f * cell + i * g;
    let o = gate_activation(input_columns(row, unit + 3 * H4) + product[3] + peep(d, 2, unit, cell));
    state = o * candidate_activation(cell);
    gates[offset] = i;
    gates[offset + H4] = f;
    gates[offset + 2 * H4] = g;
    gates[offset + 3 * H4] = o;
  } else {
    state = h[before];
  }
  let after = state_after(t, b, d) + unit;
  h[after] = state;
  c[after] = cell;
}
