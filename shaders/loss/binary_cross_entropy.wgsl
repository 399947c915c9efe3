// Binary cross-entropy of each row, a label a number, and its gradient, in place of the logits (torch.nn.BCEWithLogitsLoss):
//   loss = Σ max(o, 0) − o y + log(1 + exp(−|o|))      do = weight (σ(o) − y)
// Both times the weight of the row. Where that is 0, or past the end of its sequence, a row is not counted: loss and gradient are 0.
// Grid: ⌈rows / 64⌉ workgroups, flat; an invocation a row.
#import lib/control
#import lib/grid
struct LabelRows {
  rows: u32,
  N: u32,       // labels
  stride4: u32, // of a row of logits, in vec4f: N / 4, rounded up
}
@group(0) @binding(0) var<uniform> size: LabelRows;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> targets: array<vec4f>;          // [rows, N]: 0 to 1
@group(0) @binding(3) var<storage, read> weights: array<f32>;            // [rows]
@group(0) @binding(4) var<storage, read_write> outputs: array<vec4f>;    // [rows, N] in: o; out: do
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;       // [rows]

// Without it the logits stay as they are (evaluation).
override gradient: bool = true;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = flat_index(id, 64);
  if (n >= size.rows) { return; }
  var sum = vec4f();
  for (var j = 0u; j < size.stride4; j++) {
    let offset = n * size.stride4 + j;
    // In the padding a logit of 0 would have a loss.
    let counts = (4 * j + vec4u(0, 1, 2, 3) < vec4u(size.N)) & vec4<bool>(weights[n] > 0.0);
    let o = outputs[offset];
    let y = targets[offset];
    sum += select(vec4f(), max(o, vec4f()) - o * y + log(1.0 + exp(-abs(o))), counts);
    if (gradient) { outputs[offset] = select(vec4f(), control.weight * weights[n] * (1.0 / (1.0 + exp(-o)) - y), counts); }
  }
  losses[n] = weights[n] * dot(sum, vec4f(1.0));
}
