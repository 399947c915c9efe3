// RNN, one step backward: dh = dy + (gradient from the step after) with that step's part dgates Uᵀ added here;
// dgates = dh ⊙ φ'(h). `dh` carries what does not pass through the product: the gradient of the final state at first.
#import lib/step
#import lib/activation
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 1, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 1, H] out: dgates
@group(0) @binding(4) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where traced: dL/dh of the step
@group(0) @binding(6) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/step_backward
const G = 1u;

override relu: bool = false;

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let state = carried_offset(b, d) + unit;
  let offset = segment_row(t, b, d) * step.H4 + unit;
  var total = dh[state] + product;
  var da = vec4f();
  if (t < lengths[b]) {
    let y = h[state_after(t, b, d) + unit];
    let dy_offset = row_index(t, b, d) * step.H4 + unit;
    total += dy[dy_offset];
    if (trace) { dy[dy_offset] = total; }
    da = total * select(tanh_derivative(y), select(vec4f(), vec4f(1.0), y > vec4f()), relu);
    total = vec4f();
  }
  gates[offset] = da;
  dh[state] = total;
}
