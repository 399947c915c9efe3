// Huber loss of each row and its gradient, in place of the outputs (torch.nn.HuberLoss), with d = o − y:
//   loss = Σ d² / 2 where |d| ≤ delta, else delta (|d| − delta / 2)      do = weight · d, cut to ± delta
// Both times the weight of the row. Where that is 0, or past the end of its sequence, a row is not counted: loss and gradient are 0.
// Grid: ⌈rows / 64⌉ workgroups, flat; an invocation a row.
#import lib/control
#import lib/grid
struct HuberRows {
  rows: u32,
  stride4: u32, // of a row of outputs, in vec4f
  delta: f32,   // from where on the loss is linear
}
@group(0) @binding(0) var<uniform> size: HuberRows;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> targets: array<vec4f>;          // [rows, N]
@group(0) @binding(3) var<storage, read> weights: array<f32>;            // [rows]
@group(0) @binding(4) var<storage, read_write> outputs: array<vec4f>;    // [rows, N] in: o; out: do
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;       // [rows]

// Without it the outputs stay as they are (evaluation).
override gradient: bool = true;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = flat_index(id, 64);
  if (n >= size.rows) { return; }
  let counts = weights[n] > 0.0;
  let delta = vec4f(size.delta);
  var sum = vec4f();
  for (var j = 0u; j < size.stride4; j++) {
    let offset = n * size.stride4 + j;
    let d = select(vec4f(), outputs[offset] - targets[offset], counts);
    let far = abs(d) > delta; // false for NaN, which so stays one
    sum += select(0.5 * d * d, delta * (abs(d) - 0.5 * delta), far);
    if (gradient) { outputs[offset] = control.weight * weights[n] * select(d, delta * sign(d), far); }
  }
  losses[n] = weights[n] * dot(sum, vec4f(1.0));
}
