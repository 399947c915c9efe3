// Softmax cross-entropy of each row and its gradient, in place of the logits:
//   loss = w (log Σ exp(o − max) + max − o[target])      do = weight · w (softmax(o) − onehot(target))
// with w the weight of the target's class times that of the row.
// The target `ignored` is not counted, nor would any other of V or more be: loss and gradient are 0.
// Grid: ⌈rows / 64⌉ workgroups, flat; an invocation a row.
#import lib/control
#import lib/grid
struct Rows {
  rows: u32,
  V: u32,       // classes
  stride4: u32, // of a row of logits, in vec4f: V / 4, rounded up
}
@group(0) @binding(0) var<uniform> size: Rows;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> targets: array<u32>;            // [rows]
@group(0) @binding(3) var<storage, read> class_weights: array<f32>;      // [V]
@group(0) @binding(4) var<storage, read> weights: array<f32>;            // [rows]
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;     // [rows, V] in: o; out: do
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;       // [rows]

// Without it the logits stay as they are (evaluation).
override gradient: bool = true;

// The logits of one vec4f, those past the last class far below every other.
fn logits_of(row: u32, j: u32) -> vec4f {
  let real = 4 * j + vec4u(0, 1, 2, 3) < vec4u(size.V);
  return select(vec4f(-3.0e38), logits[row + j], real);
}

// exp(o − largest), not below exp(−87). Where o is NaN, max could return a number.
fn weight_of(o: vec4f, largest: f32) -> vec4f {
  let x = o - largest;
  return exp(select(x, vec4f(-87.0), x < vec4f(-87.0)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = flat_index(id, 64);
  if (n >= size.rows) { return; }
  let row = n * size.stride4;
  let t = targets[n];
  let counted = t < size.V;
  var largest4 = logits_of(row, 0);
  for (var j = 1u; j < size.stride4; j++) { largest4 = max(largest4, logits_of(row, j)); }
  let largest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  var sum4 = vec4f();
  for (var j = 0u; j < size.stride4; j++) { sum4 += weight_of(logits_of(row, j), largest); }
  let sum = dot(sum4, vec4f(1.0)); // at least 1; columns past the last class added 1e-38 each, which rounding drops
  let row_weight = weights[n] * class_weights[min(t, size.V - 1)];
  losses[n] = select(0.0, row_weight * (log(sum) + largest - logits[row + min(t, size.V - 1) / 4][t % 4]), counted);
  if (gradient) {
    let weight = select(0.0, control.weight * row_weight, counted);
    for (var j = 0u; j < size.stride4; j++) {
      let columns = 4 * j + vec4u(0, 1, 2, 3);
      let p = weight_of(logits_of(row, j), largest) / sum - vec4f(columns == vec4u(t));
      logits[row + j] = select(vec4f(), weight * p, columns < vec4u(size.V));
    }
  }
}
