// RNN, one step backward: dh = dy + (gradient from the step after) with that step's part dgates Uᵀ added here;
// dgates = dh ⊙ φ'(h). `dh` carries what does not pass through the product: the gradient of the final state at first.
// Grid: x = ⌈H4 / 2⌉ invocations (whole: one workgroup), y = ⌈B / tile height⌉, z = D.
#import lib/step
#import lib/activation
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> lengths: array<u32>;          // [B]
@group(0) @binding(2) var<storage, read> U: array<vec4f>;              // [D, H, 1, H]
@group(0) @binding(3) var<storage, read_write> gates: array<vec4f>;    // [S, B, D, 1, H] out: dgates
@group(0) @binding(4) var<storage, read> h: array<vec4f>;              // [T+2, B, D, H]
@group(0) @binding(5) var<storage, read_write> dy: array<vec4f>;       // [T, B, D, H] in: dL/dy; out, where kept: dL/dh of the step
@group(0) @binding(6) var<storage, read_write> dh: array<vec4f>;       // [B, D, H]
#import lib/recurrent_gradient
const phases = 1;
const G = 1u;

override relu: bool = false;

fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  let state = carried(b, d) + unit;
  let at = kept_at(t, b, d) * step.H4 + unit;
  var total = dh[state] + product;
  var da = vec4f();
  if (t < lengths[b]) {
    let y = h[state_after(t, b, d) + unit];
    let y_at = row_at(t, b, d) * step.H4 + unit;
    total += output_gradient(y_at);
    if (keep) { dy[y_at] = total; }
    da = total * select(tanh_derivative(y), select(vec4f(), vec4f(1.0), y > vec4f()), relu);
    total = vec4f();
  }
  gates[at] = da;
  dh[state] = total;
}

fn load_left(i: u32) -> vec4f { return gates[i]; }

fn recurrent_gradient(phase: u32, tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32) {
  let H4 = step.H4;
  add_gates_times_U(tile, time_after(s, d), rows, unit, d, H4, 0, H4, 0, if_after(s, H4));
}
