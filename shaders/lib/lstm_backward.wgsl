// LSTM, one step backward, with dh = dy + dgates(step after) Uᵀ:
//   do = dh ⊙ tanh(c) ⊙ o(1−o)        dc += dh ⊙ o ⊙ (1 − tanh²(c))
// (with peepholes dc += do ⊙ p_o before the next line, and dc' += di ⊙ p_i + df ⊙ p_f after it)
//   di = dc ⊙ g ⊙ i(1−i)   df = dc ⊙ c' ⊙ f(1−f)   dg = dc ⊙ i ⊙ (1−g²)      dc' = dc ⊙ f
// `dh`, `dc` carry the gradient of the final states at first, then what passes a step without the product.
#import lib/step
#import lib/activation
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 4, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 4, H] in: i f g o; out: dgates
@group(0) @binding(4) var<storage, read> c: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where traced: dL/dh of the step
@group(0) @binding(6) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
@group(0) @binding(7) var<storage, read_write> dc: array<vec4f>;       // [B, D, H]
@group(0) @binding(8) var<storage, read> p: array<vec4f>;              // [D, 3, H]: peepholes of i f o
#import lib/step_backward
const G = 4u;

override peepholes: bool = false;
// Whether h is a projection of o ⊙ tanh(c): `dh` is then the whole gradient of that.
override projected: bool = false;

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let H4 = step.H4;
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * 4 * H4 + unit;
  // Past the end the state was carried, and so is its gradient; what else is computed there is not stored.
  let inside = t < lengths[b];
  let total = dh[state] + product;
  let tc = tanh_safe(c[state_after(t, b, d) + unit]);
  let dy_offset = row_index(t, b, d) * H4 + unit;
  var dy_h = total;
  if (!projected) { dy_h += dy[dy_offset]; }
  if (trace && inside) { dy[dy_offset] = dy_h; }
  let peep = direction_offset(d, 3 * H4) + unit;
  let after = dc[state];
  let o = gates[offset + 3 * H4];
  let d_o = dy_h * tc * sigmoid_derivative(o);
  gates[offset + 3 * H4] = select(vec4f(), d_o, inside);
  var dcell = after + dy_h * o * tanh_derivative(tc);
  if (peepholes) { dcell += d_o * p[peep + 2 * H4]; }
  let i = gates[offset];
  let g = gates[offset + 2 * H4];
  let di = dcell * g * sigmoid_derivative(i);
  gates[offset] = select(vec4f(), di, inside);
  gates[offset + 2 * H4] = select(vec4f(), dcell * i * tanh_derivative(g), inside);
  let f = gates[offset + H4];
  let df = dcell * c[state_before(t, b, d) + unit] * sigmoid_derivative(f);
  gates[offset + H4] = select(vec4f(), df, inside);
  dh[state] = select(total, vec4f(), inside);
  var before = dcell * f;
  if (peepholes) { before += di * p[peep] + df * p[peep + H4]; }
  dc[state] = select(after, before, inside);
}
