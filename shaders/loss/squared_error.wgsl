// Squared error of each row and its gradient, in place of the outputs:
//   loss = Σ (o − y)²      do = weight · 2 (o − y)
// Both times the weight of the row. Where that is 0, or past the end of its sequence, a row is not counted: loss and gradient are 0.
// Grid: ⌈rows / 64⌉ workgroups, flat; an invocation a row.
#import lib/control
#import lib/grid
struct Rows {
  rows: u32,
  stride4: u32, // of a row of outputs, in vec4f
}
@group(0) @binding(0) var<uniform> size: Rows;
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
  var sum = vec4f();
  for (var j = 0u; j < size.stride4; j++) {
    let offset = n * size.stride4 + j;
    let difference = select(vec4f(), outputs[offset] - targets[offset], counts);
    sum += difference * difference;
    if (gradient) { outputs[offset] = 2.0 * control.weight * weights[n] * difference; }
  }
  losses[n] = weights[n] * dot(sum, vec4f(1.0));
}
